import { createServiceContext, type DataServiceContext, type Platform } from '@secureconnect/service'
import type { Archive } from './archive/archive.ts'
import { createSqlArchive } from './archive/sql-archive.ts'
import type { Config } from './config.ts'
import { createEvents, type Events } from './events/events.ts'
import { createFanOut, type FanOut } from './fan-out/fan-out.ts'
import { SendLanes } from './log/send-lanes.ts'

/** Everything that chat-service works with. */
export type Context = DataServiceContext & {
  config: Config
  fanOut: FanOut
  lanes: SendLanes
  archive: Archive
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
    events: createEvents({ log, metrics, audit }),
  }
}
