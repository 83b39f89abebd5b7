import { createServiceContext, type DataServiceContext, type Platform } from '@secureconnect/service'
import { type CallTokens, createCallTokens } from './calls/call-tokens.ts'
import type { Config } from './config.ts'
import { createEvents, type Events } from './events/events.ts'
import { createIceServers, type IceServers } from './turn/ice-servers.ts'

/** Everything that video-service works with. */
export type Context = DataServiceContext & {
  config: Config
  callTokens: CallTokens
  iceServers: IceServers
  events: Events
}

export async function createContext(config: Config, platform: Platform): Promise<Context> {
  await using stack = new AsyncDisposableStack()
  const shared = stack.use(await createServiceContext('video-service', config, platform))
  const { log, metrics, audit } = shared
  const iceServers = stack.use(createIceServers({ config, mediaAddress: config.mediaAnnouncedAddress, log, metrics }))
  const owned = stack.move()
  return {
    ...shared,
    dependencies: new Map([...shared.dependencies, ...iceServers.dependencies]),
    callTokens: createCallTokens(config.jwtSecret),
    iceServers,
    events: createEvents({ log, metrics, audit }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
