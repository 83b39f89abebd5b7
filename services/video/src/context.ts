import { type Blobs, openBlobs } from '@secureconnect/blobs'
import { createRateLimiter, type RateLimiter } from '@secureconnect/kv'
import { createServiceContext, type DataServiceContext, type Platform, ratesOf } from '@secureconnect/service'
import { type CallTokens, createCallTokens } from './calls/call-tokens.ts'
import type { Config } from './config.ts'
import { createEvents, type Events } from './events/events.ts'
import { Rooms } from './media/rooms.ts'
import { WorkerPool } from './media/worker-pool.ts'
import { WorkerProgram } from './media/worker-program.ts'
import { RecordingDesk } from './recording/recording-desk.ts'
import { createIceServers, type IceServers } from './turn/ice-servers.ts'
import { createWebhooks } from './webhooks/webhook-settings.ts'
import type { Webhooks } from './webhooks/webhooks.ts'

/** Everything that video-service works with. */
export type Context = DataServiceContext & {
  config: Config
  callTokens: CallTokens
  iceServers: IceServers
  pool: WorkerPool
  rooms: Rooms
  /** Where recordings are kept. */
  blobs: Blobs
  /** What the recordings of this process share. */
  desk: RecordingDesk
  /** Posts what happens to calls, where the operator wants that. */
  webhooks: Webhooks | undefined
  /** Requests by frames draw on the same limits as those over REST, which the gateway counts. */
  limiter: RateLimiter
  rates: ReturnType<typeof ratesOf>
  events: Events
}

export async function createContext(config: Config, platform: Platform): Promise<Context> {
  await using stack = new AsyncDisposableStack()
  const shared = stack.use(await createServiceContext('video-service', config, platform))
  const { log, metrics, audit, kv } = shared
  const events = createEvents({ log, metrics, audit, tell: platform.tell })
  const iceServers = stack.use(createIceServers({ config, mediaAddress: config.mediaAnnouncedAddress, log, metrics }))
  const webhooks = stack.use(await createWebhooks({ config, log, metrics }))
  const program = stack.use(new WorkerProgram({ config, events }))
  const pool = stack.use(new WorkerPool({ config, program, events, log }))
  const blobs = stack.use(await openBlobs({ config, log, metrics }))
  const desk = stack.use(new RecordingDesk({ ...shared, config, events, webhooks }))
  const rooms = stack.use(new Rooms({ ...shared, config, events, pool, webhooks, iceServers, desk }))
  const owned = stack.move()
  return {
    ...shared,
    dependencies: new Map([
      ...shared.dependencies,
      ...iceServers.dependencies,
      ['media', program.dependency],
      ['storage', { probe: blobs.probe, required: false }],
    ]),
    callTokens: createCallTokens(config.jwtSecret),
    iceServers,
    pool,
    rooms,
    blobs,
    desk,
    webhooks,
    limiter: createRateLimiter({ kv, metrics, replicas: 1 }),
    rates: ratesOf(config),
    events,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
