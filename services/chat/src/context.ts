import { createServiceContext, type DataServiceContext, type Platform } from '@secureconnect/service'
import type { Archive, ArchivePage } from './archive/archive.ts'
import { createSqlArchive } from './archive/sql-archive.ts'
import type { Config } from './config.ts'
import { createEvents, type Events } from './events/events.ts'
import { createFanOut, type FanOut } from './fan-out/fan-out.ts'
import { type BatchedReads, createBatchedReads } from './history/batched-reads.ts'
import { createSharedReads, type SharedReads } from './history/shared-reads.ts'
import { SendLanes } from './log/send-lanes.ts'
import { listViews, type View, type Viewer } from './stores/views.ts'

/** Everything that chat-service works with. */
export type Context = DataServiceContext & {
  config: Config
  fanOut: FanOut
  lanes: SendLanes
  archive: Archive
  readView: BatchedReads<Viewer, View>
  sharePage: SharedReads<ArchivePage>
  events: Events
}

export async function createContext(config: Config, platform: Platform): Promise<Context> {
  const shared = await createServiceContext('chat-service', config, platform)
  const { kv, sql, log, metrics, audit } = shared
  const fanOut = createFanOut({ kv, log })
  return {
    ...shared,
    fanOut,
    lanes: new SendLanes({ sql, fanOut, metrics }),
    archive: createSqlArchive(sql),
    readView: createBatchedReads((viewers) => listViews(sql, viewers)),
    sharePage: createSharedReads(),
    events: createEvents({ log, metrics, audit }),
  }
}
