import { type Blobs, createClamdScanner, openBlobs, type Scanner } from '@secureconnect/blobs'
import { type Bulkhead, createBulkhead } from '@secureconnect/resilience'
import { createServiceContext, type DataServiceContext, type Platform } from '@secureconnect/service'
import type { Config } from './config.ts'
import { createEvents, type Events } from './events.ts'

/** Everything that storage-service works with. */
export type Context = DataServiceContext & {
  config: Config
  blobs: Blobs
  checksums: Bulkhead
  scanner: Scanner | undefined
  events: Events
}

/** Whole files are read for these, so they are few at a time, and each may wait long for its turn. */
const checksumLimits = { limit: 2, queue: 50, waitMs: 20_000 }

export async function createContext(config: Config, platform: Platform): Promise<Context> {
  await using stack = new AsyncDisposableStack()
  const shared = stack.use(await createServiceContext('storage-service', config, platform))
  const { log, metrics, audit } = shared
  const blobs = stack.use(await openBlobs({ config, log, metrics }))
  const owned = stack.move()
  return {
    ...shared,
    dependencies: new Map([...shared.dependencies, ['storage', { probe: blobs.probe, required: false }]]),
    blobs,
    checksums: createBulkhead({ dependency: 'checksums', ...checksumLimits, metrics }),
    scanner: config.clamdUrl && createClamdScanner(config.clamdUrl),
    events: createEvents({ log, metrics, audit }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
