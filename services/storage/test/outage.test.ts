import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fillUp } from '@secureconnect/blobs/testing'
import { files } from '@secureconnect/protocol'
import { readJson, until } from '@secureconnect/test/helpers'
import { createPlatform, onServers } from '@secureconnect/test/services'
import { faultProxy, objectStore, ownObjectStore, ownPostgresServer, ownRedisServer } from '@secureconnect/test/stack'
import {
  announce,
  call,
  complete,
  createPerson,
  download,
  listKeys,
  put,
  quotaOf,
  type Storage,
  startStorageOn,
  toStoreSettings,
  upload,
} from './test-storage.ts'

async function untilDegraded({ address }: Storage, isDegraded: boolean): Promise<void> {
  for (;;) {
    const { status } = await readJson(await fetch(`${address}/health`))
    if ((status === 'degraded') === isDegraded) return
    await pause(100)
  }
}

for (const fault of ['kill', 'freeze'] as const) {
  test(`while the store is away (${fault}) nothing is reserved, lists and deletions go on, and all is well afterwards`, async (t) => {
    const store = await ownObjectStore(t)
    const storage = await startStorageOn(t, await createPlatform(t, 'pglite'), toStoreSettings(store))
    const ada = await createPerson(storage)
    const [kept, deleted] = [await upload(storage, ada), await upload(storage, ada)]
    const begun = (await announce(storage, ada)).data
    await put(begun, 'hello')

    await store[fault]()
    const refused = [await announce(storage, ada), await complete(storage, ada, begun.file_id)]
    for (const { status, code, headers } of refused) {
      assert.deepEqual([status, code], [503, 'SERVICE_UNAVAILABLE'])
      assert.ok(Number(headers.get('retry-after')) >= 1)
    }
    await untilDegraded(storage, true)
    assert.equal((await announce(storage, ada)).status, 503)
    assert.deepEqual(await quotaOf(storage, ada), { used: 10, reserved: 5, file_count: 2 })
    const list = await call(storage, files.list, { token: ada.token })
    assert.deepEqual([list.status, list.headers.get('degraded'), list.data.files.length], [200, 'storage', 2])
    const params = { file_id: deleted }
    assert.equal((await call(storage, files.delete, { token: ada.token, params })).status, 200)
    for (const path of ['/health', '/ready']) assert.equal((await fetch(`${storage.address}${path}`)).status, 200, path)

    if (fault === 'kill') await store.restart()
    else await store.thaw()
    await untilDegraded(storage, false)
    await until('it completes', async () => (await complete(storage, ada, begun.file_id)).status === 200)
    assert.equal(String((await download(storage, ada, kept)).bytes), 'hello')
    await upload(storage, ada)
    assert.deepEqual(await quotaOf(storage, ada), { used: 15, reserved: 0, file_count: 3 })
    await until('the bytes are gone', async () => !(await listKeys(storage)).some((key) => key.includes(deleted)))
  })
}

test('a store that is slow refuses uploads in time, reserves nothing, and is back by itself', async (t) => {
  const address = await objectStore()
  const proxy = await faultProxy(t, address)
  const settings = toStoreSettings({ ...address, port: proxy.port })
  const storage = await startStorageOn(t, await createPlatform(t, 'pglite'), settings)
  const ada = await createPerson(storage)
  await upload(storage, ada)
  proxy.latency(2_500)
  const { status, headers } = await announce(storage, ada)
  assert.equal(status, 503)
  assert.ok(Number(headers.get('retry-after')) >= 1)
  await untilDegraded(storage, true)
  assert.deepEqual(await quotaOf(storage, ada), { used: 5, reserved: 0, file_count: 1 })
  for (const path of ['/health', '/ready']) assert.equal((await fetch(`${storage.address}${path}`)).status, 200, path)
  await proxy.heal()
  await untilDegraded(storage, false)
  // Its breaker may rest a little longer.
  await until('files are taken again', async () => (await announce(storage, ada)).status === 201)
  await upload(storage, ada)
})

test('a store that is full refuses uploads, reserves nothing, and gives what it has', async (t) => {
  const address = await objectStore()
  const store = toStoreSettings(address)
  const platform = await createPlatform(t, 'postgres')
  const storage = await startStorageOn(t, platform, store)
  const ada = await createPerson(storage)
  const fileId = await upload(storage, ada)
  const { port } = await fillUp(t, address)
  const full = await startStorageOn(t, platform, { ...store, S3_URL: `http://${address.host}:${port}` })
  const { status, code } = await announce(full, ada)
  assert.deepEqual([status, code], [503, 'SERVICE_UNAVAILABLE'])
  assert.deepEqual(await quotaOf(full, ada), { used: 5, reserved: 0, file_count: 1 })
  assert.equal(String((await download(full, ada, fileId)).bytes), 'hello')
  assert.equal((await readJson(await fetch(`${full.address}/health`))).status, 'healthy')
})

test('while SQL is away uploads are refused for now, and downloads that are signed go on', async (t) => {
  const server = await ownPostgresServer(t)
  const platform = await onServers(server, await ownRedisServer(t))
  const storage = await startStorageOn(t, platform, toStoreSettings(await ownObjectStore(t)))
  const ada = await createPerson(storage)
  const fileId = await upload(storage, ada)
  const params = { file_id: fileId }
  const { data } = await call(storage, files.getDownload, { token: ada.token, params })
  await server.kill()
  assert.equal(await (await fetch(data.download_url)).text(), 'hello')
  const { status, headers } = await announce(storage, ada)
  assert.equal(status, 503)
  const retryAfter = Number(headers.get('retry-after'))
  assert.ok(retryAfter >= 1 && retryAfter <= 5, `Retry-After: ${retryAfter}`)
})
