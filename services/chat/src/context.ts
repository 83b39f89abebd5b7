import { createServiceContext, type DataServiceContext, type Platform } from '@secureconnect/service'
import type { Config } from './config.ts'

/** Everything that chat-service works with. */
export type Context = DataServiceContext & { config: Config }

export function createContext(config: Config, platform: Platform): Promise<Context> {
  return createServiceContext('chat-service', config, platform)
}
