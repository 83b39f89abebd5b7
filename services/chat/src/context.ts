import { createRateLimiter, type RateLimiter } from '@secureconnect/kv'
import { createPusher, findWebApp, type Pusher, type WebApp } from '@secureconnect/push'
import { createServiceContext, type DataServiceContext, type Platform, ratesOf } from '@secureconnect/service'
import type { Archive, ArchivePage } from './archive/archive.ts'
import { openArchive } from './archive/open-archive.ts'
import type { Config } from './config.ts'
import { createEvents, type Events } from './events/events.ts'
import { createFanOut, type FanOut } from './fan-out/fan-out.ts'
import { type BatchedReads, createBatchedReads } from './history/batched-reads.ts'
import { createSharedReads, type SharedReads } from './history/shared-reads.ts'
import { SendLanes } from './log/send-lanes.ts'
import { createTurns, type Turns } from './log/turns.ts'
import { type Activity, createActivity } from './notifications/activity.ts'
import { createPresenceBook, type PresenceBook } from './people/presence.ts'
import { createReadReactions, type ReadReactions } from './reactions/read-reactions.ts'
import { listViews, type View, type Viewer } from './stores/views.ts'
import { Audience } from './ws/audience.ts'

/** Everything that chat-service works with. */
export type Context = DataServiceContext & {
  config: Config
  fanOut: FanOut
  lanes: SendLanes
  /** One change of a conversation after the other. */
  inTurn: Turns
  archive: Archive
  readView: BatchedReads<Viewer, View>
  sharePage: SharedReads<ArchivePage>
  readReactions: ReadReactions
  presenceBook: PresenceBook
  activity: Activity
  pusher: Pusher
  /** Nothing where pages that are closed are not pushed to. */
  webApp: WebApp | undefined
  audience: Audience
  /** Requests by frames draw on the same limits as those over REST, which the gateway counts. */
  limiter: RateLimiter
  rates: ReturnType<typeof ratesOf>
  events: Events
}

export async function createContext(config: Config, platform: Platform): Promise<Context> {
  await using stack = new AsyncDisposableStack()
  const shared = stack.use(await createServiceContext('chat-service', config, platform))
  const { kv, sql, log, metrics, audit } = shared
  const { archive, dependency } = stack.use(await openArchive({ config, sql, metrics, log }))
  const pusher = await createPusher({ config, metrics, log })
  stack.defer(() => pusher.close())
  const fanOut = createFanOut({ kv, log })
  const presenceBook = createPresenceBook({ kv, sql, fanOut })
  const owned = stack.move()
  return {
    ...shared,
    dependencies: new Map([...shared.dependencies, ...(dependency ? [['archive', dependency] as const] : [])]),
    fanOut,
    lanes: new SendLanes({ sql, fanOut, metrics }),
    inTurn: createTurns(),
    archive,
    readView: createBatchedReads((viewers) => listViews(sql, viewers)),
    sharePage: createSharedReads(),
    readReactions: createReadReactions(sql),
    presenceBook,
    activity: createActivity(kv),
    pusher,
    webApp: findWebApp(config),
    audience: new Audience({ sql, kv, log, metrics, presenceBook }),
    limiter: createRateLimiter({ kv, metrics, replicas: 1 }),
    rates: ratesOf(config),
    events: createEvents({ log, metrics, audit }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
