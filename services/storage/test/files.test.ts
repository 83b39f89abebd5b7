import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { files, limits } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import {
  announce,
  call,
  complete,
  createPerson,
  download,
  listKeys,
  put,
  quotaOf,
  share,
  shareStorage,
  startStorage,
  stores,
  upload,
} from './test-storage.ts'

for (const store of stores) {
  suite(`files on ${store}`, () => {
    const shared = shareStorage({ store, engine: store === 's3' ? 'postgres' : 'pglite' })

    test('what somebody uploads he gets back as it was, under the name he gave it', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const begun = await announce(storage, ada, { file_name: 'möwe "x".txt', file_size: 5 })
      assert.equal(begun.status, 201)
      assert.deepEqual(await quotaOf(storage, ada), { used: 0, reserved: 5, file_count: 0 })
      assert.equal(await put(begun.data, 'hello'), 200)
      const { status, data } = await complete(storage, ada, begun.data.file_id)
      assert.deepEqual([status, data.file_name, data.file_size, data.status], [200, 'möwe "x".txt', 5, 'ready'])
      assert.deepEqual(await quotaOf(storage, ada), { used: 5, reserved: 0, file_count: 1 })
      const { bytes, headers } = await download(storage, ada, data.file_id)
      assert.equal(String(bytes), 'hello')
      assert.match(
        headers?.get('content-disposition') ?? '',
        /^attachment;.*filename\*=UTF-8''m%C3%B6we%20%22x%22\.txt/,
      )
    })

    test('the members of a conversation where it was sent may read a file, and nobody else', async () => {
      const storage = shared()
      const [ada, bob, eve] = [await createPerson(storage), await createPerson(storage), await createPerson(storage)]
      const fileId = await upload(storage, ada)
      await share(storage, { people: [ada, bob], fileIds: [fileId] })
      assert.equal(String((await download(storage, bob, fileId)).bytes), 'hello')
      assert.equal((await download(storage, eve, fileId)).code, 'FILE_NOT_FOUND')
      const params = { file_id: fileId }
      assert.equal((await call(storage, files.get, { token: eve.token, params })).code, 'FILE_NOT_FOUND')
      assert.equal((await call(storage, files.delete, { token: bob.token, params })).code, 'FORBIDDEN')
    })

    test('what could run in a browser is given as a download, whatever it is called', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const drawing = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
      for (const [bytes, content_type, file_name] of [
        ['<script>alert(1)</script>', 'text/html', '../../etc/"\u202egnp.html'],
        [drawing, 'image/svg+xml', '😀.svg'],
      ] as const) {
        const { headers } = await download(storage, ada, await upload(storage, ada, bytes, { content_type, file_name }))
        assert.match(
          headers?.get('content-disposition') ?? '',
          /^attachment; filename="[^"/\\]+"; filename\*=UTF-8''[\w.%-]+$/,
        )
      }
    })

    test('a deleted file is gone for everybody, with its bytes and its part of the quota', async () => {
      const storage = shared()
      const [ada, bob] = [await createPerson(storage), await createPerson(storage)]
      const fileId = await upload(storage, ada)
      await share(storage, { people: [ada, bob], fileIds: [fileId] })
      const params = { file_id: fileId }
      assert.equal((await call(storage, files.delete, { token: ada.token, params })).status, 200)
      assert.equal((await download(storage, bob, fileId)).code, 'FILE_NOT_FOUND')
      assert.deepEqual(await quotaOf(storage, ada), { used: 0, reserved: 0, file_count: 0 })
      await until('the bytes are gone', async () => !(await listKeys(storage)).some((key) => key.includes(fileId)))
    })

    test('no URL that is itself a permission is in any line of the log', () => {
      const { lines } = shared()
      assert.ok(lines.length > 0)
      assert.doesNotMatch(JSON.stringify(lines), /signature=/i)
    })
  })
}

test('neither a file nor an upload in parts leaves a folder behind on the disk', async (t) => {
  const large = { file_size: limits.uploadPartBytes + 5, content_type: 'application/octet-stream' }
  const storage = await startStorage(t, { more: { MAX_FILE_BYTES: String(large.file_size) } })
  const ada = await createPerson(storage)
  const fileId = await upload(storage, ada)
  const { data } = await announce(storage, ada, large)
  const { upload_url = '', headers = {} } = data.parts?.[1] ?? {}
  assert.equal(await put({ ...data, upload_url, headers }, 'hello'), 200)
  const listed = () => readdir(join(storage.context.config.blobsFolder, 'kept'), { recursive: true })
  const isAnyLeft = async () => (await listed()).some((path) => path.includes('/'))
  assert.ok(await isAnyLeft())
  for (const file_id of [fileId, data.file_id]) {
    assert.equal((await call(storage, files.delete, { token: ada.token, params: { file_id } })).status, 200)
  }
  await until('nothing is left', async () => !(await isAnyLeft()))
})

for (const store of stores) {
  test(`URLs end: bytes that come later are refused, and so is who fetches later (${store})`, async (t) => {
    // S3 counts from the second that has begun, so one second may be none, and the first file has to get there.
    const more = { UPLOAD_URL_TTL_SECONDS: '3', DOWNLOAD_URL_TTL_SECONDS: '1' }
    const storage = await startStorage(t, { store, more })
    const ada = await createPerson(storage)
    const fileId = await upload(storage, ada)
    const { data: ticket } = await announce(storage, ada)
    const { data: given } = await call(storage, files.getDownload, { token: ada.token, params: { file_id: fileId } })
    const endsAt = Math.max(Date.parse(ticket.expires_at), Date.parse(given.expires_at))
    await until('both have ended', () => Date.now() > endsAt + 1_000)
    assert.ok((await put(ticket, 'hello')) >= 400)
    const { status, code } = await complete(storage, ada, ticket.file_id)
    assert.deepEqual([status, code], [409, 'FILE_NOT_READY'])
    assert.ok((await fetch(given.download_url)).status >= 400)
  })
}
