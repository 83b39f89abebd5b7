import { AppError } from '@secureconnect/errors'
import type { FastifyInstance } from 'fastify'
import { blobLimits } from '../blob-limits.ts'
import { BlobStoreError } from '../blob-store-error.ts'
import type { BlobListing, Blobs } from '../blobs.ts'
import { createGuardedCalls, type Observers } from '../guarded-calls.ts'
import type { DiskAccess } from './disk-access.ts'
import { createDiskFiles } from './disk-files.ts'
import { createParts } from './disk-parts.ts'
import { findReason, toDiskError } from './disk-reason.ts'
import { createTickets } from './disk-tickets.ts'
import { serveFiles } from './serve-files.ts'
import { createUrlSigner } from './signed-urls.ts'

export type DiskOptions = Observers & {
  folder: string
  /** Signs the URLs that clients are given. */
  urlKey: Buffer
  /** Where clients find this process; where it listens unless it is told otherwise. */
  publicUrl: string | undefined
  /** Pages of these origins may use the URLs. */
  allowedOrigins: readonly string[]
}

/** Left free for the database and the logs that are often on the same disk. */
const reservedBytes = 64 * 1024 * 1024

const sweepEveryMs = 3_600_000

/** Keeps bytes in a folder, and gives and takes them itself at the URLs that it signs. */
export function createDiskBlobs(options: DiskOptions): Blobs {
  const { folder, urlKey, allowedOrigins, metrics, log } = options
  const files = createDiskFiles(folder)
  const signer = createUrlSigner(urlKey)
  const calls = createGuardedCalls({ metrics, log, check: () => files.freeBytes(), findReason })
  const run: DiskAccess['run'] = (operation, work) => calls.run({ operation, timeoutMs: blobLimits.transferMs }, work)
  const assertRoom = (size: number) =>
    run('check_room', async () => {
      if ((await files.freeBytes()) < size + reservedBytes) throw new BlobStoreError('full')
    })
  const access = { files, calls, assertRoom, run }
  const sweep = () =>
    files.removeAbandoned().catch((error: unknown) => log.warn({ error }, 'abandoned uploads could not be removed'))
  const sweeping = setInterval(sweep, sweepEveryMs).unref()
  void sweep()
  let { publicUrl } = options

  return {
    probe: calls.probe,
    ...createTickets(access, (signed) => `${publicUrl}${signer.sign(signed)}`),
    ...createParts(access),
    ...createObjects(access),
    mount(app) {
      serveFiles(app, { signer, allowedOrigins, log, ...createTransfers(access) })
      app.addHook('onListen', async () => {
        publicUrl ??= addressOf(app)
      })
    },
    async [Symbol.asyncDispose]() {
      clearInterval(sweeping)
      await calls[Symbol.asyncDispose]()
    },
  }
}

function createObjects({
  files,
  calls,
  run,
}: DiskAccess): Pick<Blobs, 'stat' | 'copy' | 'read' | 'write' | 'putFile' | 'putPieces' | 'remove' | 'list'> {
  return {
    stat: (key) => run('stat', () => files.stat(key)),
    copy: (from, to) => run('copy', () => files.link(from, to)),
    async read(key, range) {
      const file = await run('get', () => files.open(key))
      return file?.handle.createReadStream(range)
    },
    write: (key, bytes) => run('put', () => files.write(key, bytes)),
    putFile: (key, path) =>
      calls.run({ operation: 'put', timeoutMs: blobLimits.adoptMs }, () => files.adopt(key, path)),
    async putPieces(key, pieces) {
      calls.assertNotAway()
      await files.put(key, pieces).catch((error: unknown) => {
        throw toDiskError(error)
      })
    },
    async remove(keys) {
      for (const key of keys) await run('remove', () => files.remove(key))
    },
    async *list(prefix): AsyncGenerator<BlobListing> {
      calls.assertNotAway()
      try {
        yield* files.list(prefix)
      } catch (error) {
        throw toDiskError(error)
      }
    },
  }
}

/** What clients do by themselves takes as long as they do, so it only has to end when they fall silent. */
function createTransfers({
  files,
  assertRoom,
  run,
}: DiskAccess): Pick<Parameters<typeof serveFiles>[1], 'open' | 'put'> {
  const arriving = new Map<string, AbortController>()
  return {
    open: (key) => run('get', () => files.open(key)),
    async put(key, bytes, expected) {
      await assertRoom(expected.size)
      // However often an upload is begun it takes the room of one: who begins anew has given up what went before.
      arriving.get(key)?.abort()
      const own = new AbortController()
      arriving.set(key, own)
      try {
        return await files.put(key, bytes, { expected, signal: own.signal })
      } catch (error) {
        throw own.signal.aborted ? new AppError('CONFLICT', 'These bytes are being sent anew.') : toDiskError(error)
      } finally {
        if (arriving.get(key) === own) arriving.delete(key)
      }
    },
  }
}

function addressOf({ server }: FastifyInstance): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('files are served over TCP')
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${host}:${address.port}`
}
