import { createServiceContext, type DataServiceContext, type Platform } from '@secureconnect/service'
import type { Config } from './config.ts'
import { createFanOut, type FanOut } from './fan-out/fan-out.ts'

/** Everything that chat-service works with. */
export type Context = DataServiceContext & {
  config: Config
  fanOut: FanOut
}

export async function createContext(config: Config, platform: Platform): Promise<Context> {
  const shared = await createServiceContext('chat-service', config, platform)
  const { kv, log } = shared
  return { ...shared, fanOut: createFanOut({ kv, log }) }
}
