import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { faultProxy, objectStore, ownObjectStore } from '@secureconnect/test/stack'
import { type BlobFailure, BlobStoreError } from '../src/blob-store-error.ts'
import type { Blobs } from '../src/blobs.ts'
import { fillUp } from './full-store.ts'
import { connectTo, createFolder, serveFolder, type TestStore } from './stores.ts'

const hello = Buffer.from('hello')
const key = `objects/${randomUUID()}`
const upload = { key, size: 5, contentType: 'text/plain', expiresInSeconds: 60 }
const download = {
  key,
  fileName: 'a',
  contentType: 'text/plain',
  disposition: 'attachment',
  expiresInSeconds: 60,
} as const
const states = { closed: 0, open: 2 }

function refusal(...reasons: BlobFailure[]) {
  return (error: unknown) => {
    assert.ok(error instanceof BlobStoreError, String(error))
    assert.ok(reasons.includes(error.reason), `${error.reason}: ${error.cause}`)
    assert.ok(error.status === 503 && (error.retryAfterMs ?? 0) > 0)
    return true
  }
}

async function until(isSo: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, `not so within ${withinMs} ms`)
    await pause(50)
  }
}

/** Both gauges tell the same. */
async function readBreaker({ metrics }: TestStore): Promise<number | undefined> {
  const own = (await metrics.minioCircuitBreakerState.get()).values[0]?.value
  const common = (await metrics.circuitBreakerState.get()).values.find(
    (one) => one.labels.dependency === 'object-store',
  )
  assert.equal(own, common?.value)
  return own
}

async function waitForBreaker(store: TestStore, state: keyof typeof states): Promise<void> {
  await until(async () => (await readBreaker(store)) === states[state], 12_000)
}

async function assertWorks(blobs: Blobs): Promise<void> {
  await blobs.write(key, hello, 'text/plain')
  await blobs.signUpload(upload)
  assert.equal((await blobs.stat(key))?.size, 5)
}

suite('a store fails and comes back, and nobody has to help', { concurrency: true }, () => {
  test('a store that is killed refuses uploads at once, then everything without being asked, and is back by itself', async (t) => {
    const server = await ownObjectStore(t)
    const store = connectTo(t, server)
    await store.blobs.probe.checkNow()
    await assertWorks(store.blobs)
    await server.kill()
    await assert.rejects(store.blobs.signUpload(upload), refusal('unreachable', 'away'))
    await assert.rejects(store.blobs.stat(key), refusal('unreachable', 'away'))
    await waitForBreaker(store, 'open')
    const startedAt = performance.now()
    await assert.rejects(store.blobs.signUpload(upload), refusal('away'))
    await assert.rejects(store.blobs.signDownload(download), refusal('away'))
    await assert.rejects(store.blobs.list('')[Symbol.asyncIterator]().next(), refusal('away'))
    assert.ok(performance.now() - startedAt < 500)
    assert.equal(store.blobs.probe.state.status, 'down')
    await server.restart()
    await waitForBreaker(store, 'closed')
    await assertWorks(store.blobs)
    const moves = (await store.metrics.circuitBreakerTransitions.get()).values.filter(({ value }) => value > 0)
    assert.deepEqual(moves.map(({ labels }) => labels.to).toSorted(), ['closed', 'half-open', 'open'])
  })

  test('a store that hangs holds nobody up for longer than its limit, and is back when it goes on', async (t) => {
    const server = await ownObjectStore(t)
    const store = connectTo(t, server)
    await store.blobs.probe.checkNow()
    await assertWorks(store.blobs)
    await server.freeze()
    const startedAt = performance.now()
    await assert.rejects(store.blobs.signUpload(upload), refusal('timeout', 'away'))
    assert.ok(performance.now() - startedAt < 4_000)
    await waitForBreaker(store, 'open')
    server.thaw()
    await waitForBreaker(store, 'closed')
    await assertWorks(store.blobs)
  })

  test('a store that is slow is one that is away', async (t) => {
    const address = await objectStore()
    const proxy = await faultProxy(t, address)
    const store = connectTo(t, { ...address, port: proxy.port })
    await store.blobs.probe.checkNow()
    proxy.latency(2_000)
    await assert.rejects(store.blobs.stat(key), refusal('timeout', 'away'))
    await waitForBreaker(store, 'open')
    await proxy.heal()
    await waitForBreaker(store, 'closed')
    await assertWorks(store.blobs)
  })

  test('a connection that breaks once is nothing that anybody notices', async (t) => {
    const address = await objectStore()
    const proxy = await faultProxy(t, address)
    const { blobs } = connectTo(t, { ...address, port: proxy.port })
    await blobs.probe.checkNow()
    proxy.reset()
    const asked = blobs.stat(key)
    await proxy.heal()
    assert.equal(await asked, undefined)
  })

  test('what is cut off or stands still while it is read is not taken for the whole', async (t) => {
    const address = await objectStore()
    const proxy = await faultProxy(t, address)
    const { blobs } = connectTo(t, { ...address, port: proxy.port })
    await blobs.probe.checkNow()
    await blobs.write(key, randomBytes(8 * 1024 * 1024), 'application/octet-stream')
    proxy.cutAfter(1_000_000)
    const cut = await blobs.read(key)
    assert.ok(cut)
    await assert.rejects(buffer(cut))
    await proxy.heal()
    const silent = await blobs.read(key)
    assert.ok(silent)
    proxy.freeze()
    const startedAt = performance.now()
    await assert.rejects(buffer(silent))
    assert.ok(performance.now() - startedAt < 8_000)
  })

  test('keys that the store does not know are told as what they are, and open the breaker', async (t) => {
    const store = connectTo(t, { ...(await objectStore()), secretKey: 'not-the-secret-key' })
    await assert.rejects(store.blobs.write(key, hello, 'text/plain'), refusal('refused'))
    await waitForBreaker(store, 'open')
    assert.equal(store.blobs.probe.state.status, 'down')
  })

  test('a full store refuses uploads before anything is promised, and goes on giving what it has', async (t) => {
    const full = await fillUp(t, await objectStore())
    const store = connectTo(t, full)
    for (let time = 0; time < 30; time++) await assert.rejects(store.blobs.signUpload(upload), refusal('full'))
    await store.blobs.signDownload(download)
    assert.equal(await readBreaker(store), states.closed)
  })

  test('a disk without room refuses uploads before anything is promised', async (t) => {
    const { blobs } = await serveFolder(t, await createFolder(t))
    await assert.rejects(blobs.signUpload({ ...upload, size: Number.MAX_SAFE_INTEGER }), refusal('full'))
    await assertWorks(blobs)
  })
})
