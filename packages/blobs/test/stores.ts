import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@secureconnect/errors'
import { createLogger } from '@secureconnect/logging'
import { createMetrics, type Metrics } from '@secureconnect/metrics'
import { objectStore, type StoreAddress } from '@secureconnect/test/stack'
import { fastify } from 'fastify'
import type { Blobs } from '../src/blobs.ts'
import { createDiskBlobs } from '../src/disk/disk-blobs.ts'
import { connectS3 } from '../src/s3/s3-blobs.ts'

type Cleanup = { after(work: () => Promise<unknown>): void }

export type TestStore = { blobs: Blobs; metrics: Metrics }

export const pageOrigin = 'https://chat.example.org'
export const silentLog = createLogger({ service: 'test', revision: 'test', level: 'silent' })

export function createTestMetrics(): Metrics {
  return createMetrics({ service: 'storage-service', version: '0', revision: 'test' })
}

/** A folder that is gone after the test. */
export async function createFolder(t: Cleanup): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'blobs-'))
  // Tried again, for a store that is only about to be closed looks every two seconds whether its folder is there.
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Keeps bytes in a bucket of its own on an S3 server. */
export function connectTo(t: Cleanup, { host, port, accessKey, secretKey, region }: StoreAddress): TestStore {
  const metrics = createTestMetrics()
  const url = `http://${host}:${port}`
  const blobs = connectS3({
    server: { url, accessKey, secretKey, region, tlsCa: undefined },
    bucket: `test-${randomUUID()}`,
    publicUrl: url,
    metrics,
    log: silentLog,
  })
  t.after(async () => blobs[Symbol.asyncDispose]())
  return { blobs, metrics }
}

/** Keeps bytes in a folder, and serves its URLs. */
export async function serveFolder(t: Cleanup, folder: string): Promise<TestStore> {
  const metrics = createTestMetrics()
  const blobs = createDiskBlobs({
    folder,
    urlKey: randomBytes(32),
    publicUrl: undefined,
    allowedOrigins: [pageOrigin],
    metrics,
    log: silentLog,
  })
  const app = fastify({ forceCloseConnections: true })
  app.setErrorHandler((error, _request, reply) => reply.code(error instanceof AppError ? error.status : 500).send())
  blobs.mount?.(app)
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.after(async () => {
    await app.close()
    await blobs[Symbol.asyncDispose]()
  })
  return { blobs, metrics }
}

/** Each way to keep bytes, for suites that hold for all of them. */
export const openStore = {
  async s3(t: Cleanup): Promise<TestStore> {
    const store = connectTo(t, await objectStore())
    await store.blobs.probe.checkNow()
    return store
  },
  disk: async (t: Cleanup): Promise<TestStore> => serveFolder(t, await createFolder(t)),
}
export const adapters = ['s3', 'disk'] as const
