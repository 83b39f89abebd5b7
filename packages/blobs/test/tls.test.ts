import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { type TestContext, test } from 'node:test'
import { createCertificate, objectStore, type StoreAddress } from '@secureconnect/test/stack'
import { BlobStoreError } from '../src/blob-store-error.ts'
import { connectS3 } from '../src/s3/s3-blobs.ts'
import { createFolder, createTestMetrics, silentLog } from './stores.ts'

/** The store behind a certificate. */
async function encrypt(
  t: TestContext,
  store: StoreAddress,
  files: { key: string; certificate: string },
): Promise<string> {
  const [key, cert] = await Promise.all([readFile(files.key), readFile(files.certificate)])
  const server = createServer({ key, cert }, (incoming, answer) => {
    const { method, url, headers } = incoming
    const onward = request({ host: store.host, port: store.port, method, path: url, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.headers)
      from.pipe(answer)
    })
    incoming.pipe(onward)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close().closeAllConnections())
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return `https://127.0.0.1:${address.port}`
}

test('with an authority given the connection is encrypted, and only its certificates are believed', async (t) => {
  const [folder, store] = await Promise.all([createFolder(t), objectStore()])
  const [ours, foreign] = await Promise.all([createCertificate(folder, 'ours'), createCertificate(folder, 'foreign')])
  const url = await encrypt(t, store, ours)
  const connect = (tlsCa: string) => {
    const server = { url, tlsCa, region: store.region, accessKey: store.accessKey, secretKey: store.secretKey }
    const options = { bucket: `test-${randomUUID()}`, publicUrl: url, metrics: createTestMetrics(), log: silentLog }
    const blobs = connectS3({ server, ...options })
    t.after(() => blobs[Symbol.asyncDispose]())
    return blobs
  }
  const blobs = connect(ours.certificate)
  await blobs.probe.checkNow()
  await blobs.write('objects/a', Buffer.from('secret'), 'text/plain')
  assert.equal((await blobs.stat('objects/a'))?.size, 6)
  const isAway = (error: unknown) => error instanceof BlobStoreError && error.reason === 'unreachable'
  await assert.rejects(connect(foreign.certificate).write('objects/a', Buffer.from('secret'), 'text/plain'), isAway)
})
