import { createServiceContext, type DataServiceContext, type Platform } from '@secureconnect/service'
import type { Config } from './config.ts'
import { createIceServers, type IceServers } from './turn/ice-servers.ts'

/** Everything that video-service works with. */
export type Context = DataServiceContext & { config: Config; iceServers: IceServers }

export async function createContext(config: Config, platform: Platform): Promise<Context> {
  await using stack = new AsyncDisposableStack()
  const shared = stack.use(await createServiceContext('video-service', config, platform))
  const { log, metrics } = shared
  const iceServers = stack.use(createIceServers({ config, mediaAddress: undefined, log, metrics }))
  const owned = stack.move()
  return {
    ...shared,
    dependencies: new Map([...shared.dependencies, ...iceServers.dependencies]),
    iceServers,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
