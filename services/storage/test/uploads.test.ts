import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { suite, test } from 'node:test'
import { BlobStoreError } from '@secureconnect/blobs'
import { files, limits } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { findFile } from '../src/stores/files.ts'
import { completeUpload } from '../src/uploads/complete-upload.ts'
import {
  announce,
  call,
  complete,
  createPerson,
  download,
  listKeys,
  type Person,
  pixel,
  put,
  putParts,
  quotaOf,
  type Storage,
  shareStorage,
  startStorage,
  stores,
  upload,
} from './test-storage.ts'

const nothing = { used: 0, reserved: 0, file_count: 0 }
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Waits until the store holds nothing of a file any more. */
async function waitUntilGone(storage: Storage, fileId: string): Promise<void> {
  await until('the bytes are gone', async () => !(await listKeys(storage)).some((key) => key.includes(fileId)))
}

async function assertRefused(storage: Storage, person: Person, fileId: string): Promise<void> {
  const { status, code } = await complete(storage, person, fileId)
  assert.deepEqual([status, code], [422, 'CHECKSUM_MISMATCH'])
  assert.deepEqual(await quotaOf(storage, person), nothing)
  await waitUntilGone(storage, fileId)
  assert.equal((await complete(storage, person, fileId)).code, 'FILE_NOT_FOUND')
}

for (const store of stores) {
  suite(`uploads on ${store}`, () => {
    const shared = shareStorage({
      store,
      engine: store === 's3' ? 'postgres' : 'pglite',
      more: { MAX_FILE_BYTES: String(2 * limits.uploadPartBytes) },
    })

    test('a byte more or less than announced is not taken', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const { data } = await announce(storage, ada, { file_size: 5 })
      for (const bytes of ['hello!', 'hell']) assert.ok((await put(data, bytes)) >= 400)
      const { status, code } = await complete(storage, ada, data.file_id)
      assert.deepEqual([status, code], [409, 'FILE_NOT_READY'])
      assert.deepEqual(await quotaOf(storage, ada), { ...nothing, reserved: 5 })
    })

    test('bytes of another type than announced are refused, and gone', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const page = '<script>alert(1)</script>'
      const { data } = await announce(storage, ada, { file_size: page.length, content_type: 'image/png' })
      assert.equal(await put(data, page), 200)
      await assertRefused(storage, ada, data.file_id)
    })

    test('bytes with another checksum than announced are refused, by the store or at completion', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const { data } = await announce(storage, ada, { file_size: 5, sha256: sha256('hello') })
      if ((await put(data, 'HELLO')) === 200) return assertRefused(storage, ada, data.file_id)
      assert.equal((await complete(storage, ada, data.file_id)).code, 'FILE_NOT_READY')
    })

    test('what was sent and is no file yet is served to nobody, by whatever URL', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const { data } = await announce(storage, ada)
      await put(data, 'hello')
      const url = new URL(data.upload_url ?? '')
      for (const search of [url.search, '']) {
        const answer = await fetch(new URL(search, url))
        assert.ok(answer.status >= 400)
        assert.doesNotMatch(await answer.text(), /hello/)
      }
      const { code } = await call(storage, files.getDownload, { token: ada.token, params: { file_id: data.file_id } })
      assert.equal(code, 'FILE_NOT_FOUND')
    })

    test('bytes of another size or checksum are refused at completion, too, where the store took them', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      for (const [bytes, announced] of [
        ['hello!', {}],
        ['HELLO', { sha256: sha256('hello') }],
      ] as const) {
        const { data } = await announce(storage, ada, announced)
        await storage.context.blobs.write(`staging/${data.file_id}`, Buffer.from(bytes), 'text/plain')
        await assertRefused(storage, ada, data.file_id)
      }
    })

    test('a file with its checksum is taken, and tells it', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const fileId = await upload(storage, ada, 'hello', { sha256: sha256('hello') })
      const { data } = await call(storage, files.get, { token: ada.token, params: { file_id: fileId } })
      assert.equal(data.sha256, sha256('hello'))
    })

    test('bytes sent again after completion change nothing, and go', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const { data } = await announce(storage, ada, { file_size: 5 })
      await put(data, 'hello')
      await complete(storage, ada, data.file_id)
      await put(data, 'HELLO')
      assert.equal((await complete(storage, ada, data.file_id)).status, 200)
      assert.equal(String((await download(storage, ada, data.file_id)).bytes), 'hello')
      assert.deepEqual(await quotaOf(storage, ada), { used: 5, reserved: 0, file_count: 1 })
      // When the URL has had its time, what was put there late goes too.
      await storage.context.sql.execute`update outbox set due_at = now() where topic = 'blob-removal'`
      await until('the bytes are gone', async () => !(await listKeys(storage)).includes(`staging/${data.file_id}`))
    })

    test('ten completions at once make one file, and answer the same', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const { data } = await announce(storage, ada, { file_size: 5 })
      await put(data, 'hello')
      const answers = await Promise.all(Array.from({ length: 10 }, () => complete(storage, ada, data.file_id)))
      for (const answer of answers) assert.deepEqual([answer.status, answer.data], [200, answers[0]?.data])
      assert.deepEqual(await quotaOf(storage, ada), { used: 5, reserved: 0, file_count: 1 })
      const ofFile = async () => (await listKeys(storage)).filter((key) => key.includes(data.file_id))
      await until('one object is left', async () => (await ofFile()).length === 1)
    })

    test('nobody can put off the end of a URL', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const { data } = await announce(storage, ada, { file_size: 5 })
      const url = new URL(data.upload_url ?? '')
      const later = [...url.searchParams].find(([name]) => /expires|until/i.test(name))
      assert.ok(later, 'a URL says when it ends')
      url.searchParams.set(later[0], later[0].startsWith('X-Amz') ? '90000' : String(Number(later[1]) + 60))
      assert.ok((await put({ ...data, upload_url: url.href }, 'hello')) >= 400)
    })

    test('a form takes the bytes as well', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const announced = { file_size: pixel.length, content_type: 'image/png', method: 'POST' } as const
      const { data } = await announce(storage, ada, announced)
      const form = new FormData()
      for (const [name, value] of Object.entries(data.fields ?? {})) form.set(name, value)
      form.set('file', new Blob([Uint8Array.from(pixel)], { type: 'image/png' }))
      const sent = await fetch(data.upload_url ?? '', { method: 'POST', body: form })
      assert.ok(sent.ok, await sent.text())
      assert.equal((await complete(storage, ada, data.file_id)).status, 200)
    })

    test('a file of more than a part is sent in parts, and is one', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const bytes = randomBytes(limits.uploadPartBytes + 1_000)
      const announced = { file_size: bytes.length, content_type: 'application/octet-stream' }
      const form = await announce(storage, ada, { ...announced, method: 'POST' })
      assert.equal(form.code, 'VALIDATION_ERROR')
      const { data } = await announce(storage, ada, announced)
      assert.equal(data.upload_url, null)
      assert.deepEqual(
        data.parts?.map(({ size }) => size),
        [limits.uploadPartBytes, 1_000],
      )
      await putParts(data, bytes)
      assert.equal((await complete(storage, ada, data.file_id)).status, 200)
      assert.ok((await download(storage, ada, data.file_id)).bytes?.equals(bytes))
    })

    test('an upload that its owner ends leaves nothing', async () => {
      const storage = shared()
      const ada = await createPerson(storage)
      const { data } = await announce(storage, ada, { file_size: 5 })
      await put(data, 'hello')
      const params = { file_id: data.file_id }
      assert.equal((await call(storage, files.delete, { token: ada.token, params })).status, 200)
      assert.deepEqual(await quotaOf(storage, ada), nothing)
      await waitUntilGone(storage, data.file_id)
    })
  })
}

test('a completion that the store breaks off leaves no copy behind', async (t) => {
  const storage = await startStorage(t)
  const { sql, blobs } = storage.context
  const ada = await createPerson(storage)
  const { data } = await announce(storage, ada)
  await put(data, 'hello')
  const file = await findFile(sql, data.file_id)
  assert.ok(file)
  const read = async () => {
    throw new BlobStoreError('timeout')
  }
  await assert.rejects(completeUpload({ ...storage.context, blobs: { ...blobs, read } }, file), BlobStoreError)
  await sql.execute`update outbox set due_at = now() where topic = 'blob-removal'`
  await until('only what was sent is left', async () => (await listKeys(storage)).length === 1)
  assert.equal((await complete(storage, ada, data.file_id)).status, 200)
})

test('a completion that found other bytes answers the file that another one has made meanwhile', async (t) => {
  const storage = await startStorage(t)
  const ada = await createPerson(storage)
  const { data } = await announce(storage, ada)
  await put(data, 'hello')
  const file = await findFile(storage.context.sql, data.file_id)
  assert.ok(file)
  const stat = async () => {
    assert.equal((await complete(storage, ada, data.file_id)).status, 200)
    return { size: 6, etag: 'of other bytes' }
  }
  const blobs = { ...storage.context.blobs, stat }
  assert.equal((await completeUpload({ ...storage.context, blobs }, file)).state, 'live')
  assert.equal(String((await download(storage, ada, data.file_id)).bytes), 'hello')
})

suite('announcing a file', () => {
  const shared = shareStorage({ more: { MAX_FILE_BYTES: '1000000' } })

  test('what is too large, of a type that is not taken or shows too much is refused', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    const refusals = [
      [{ file_size: 1_000_001 }, 413, 'FILE_TOO_LARGE'],
      [{ content_type: 'application/x-msdownload' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
      [{ content_type: 'image/png', is_encrypted: true }, 400, 'VALIDATION_ERROR'],
      [{ file_size: 0 }, 400, 'VALIDATION_ERROR'],
      [{ file_name: 'a\r\nSet-Cookie: b' }, 400, 'VALIDATION_ERROR'],
      [{ file_name: 'x'.repeat(256) }, 400, 'VALIDATION_ERROR'],
      [{ file_name: '\ud800' }, 400, 'VALIDATION_ERROR'],
    ] as const
    for (const [announced, status, code] of refusals) {
      const answer = await announce(storage, ada, announced)
      assert.deepEqual([answer.status, answer.code], [status, code])
    }
    assert.deepEqual(await quotaOf(storage, ada), nothing)
  })

  test('the same request again leads to the same file, until that is complete', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    const body = { file_name: 'notes.txt', file_size: 5, content_type: 'text/plain' }
    const headers = { 'idempotency-key': `upload-${ada.userId}` }
    const begin = () => call(storage, files.beginUpload, { token: ada.token, body, headers })
    const [first, second] = await Promise.all([begin(), begin()])
    assert.deepEqual([second.status, second.data.file_id], [201, first.data.file_id])
    assert.deepEqual(await quotaOf(storage, ada), { ...nothing, reserved: 5 })
    assert.equal(await put(second.data, 'hello'), 200)
    await complete(storage, ada, first.data.file_id)
    assert.equal((await begin()).code, 'CONFLICT')
    const other = { token: ada.token, body: { ...body, file_size: 6 }, headers }
    assert.equal((await call(storage, files.beginUpload, other)).code, 'IDEMPOTENCY_MISMATCH')
  })
})
