import type { Part } from '../script.ts'
import { archive } from './archive.ts'
import { clocks } from './clocks.ts'
import { fullDisk } from './full-disk.ts'
import { load } from './load.ts'
import { mail } from './mail.ts'
import { objectStore } from './object-store.ts'
import { mediaWorker, stopping, videoService } from './processes.ts'
import { pushes } from './pushes.ts'
import { redis } from './redis.ts'
import { relay } from './relay.ts'
import { sql } from './sql.ts'
import { upstreams } from './upstreams.ts'

/** All that may go wrong, in the order of the table of promises. */
export const parts: readonly Part[] = [
  redis,
  sql,
  archive,
  objectStore,
  fullDisk,
  mail,
  pushes,
  relay,
  mediaWorker,
  videoService,
  upstreams,
  stopping,
  clocks,
  load,
]
