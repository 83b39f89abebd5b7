import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { harmless, startFakeClamd } from '@secureconnect/blobs/testing'
import { notificationTopic } from '@secureconnect/notifications'
import { files, type StoredFile } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
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
  quotaOf,
  type Storage,
  share,
  shareStorage,
  startStorage,
  upload,
} from './test-storage.ts'

async function look(storage: Storage, { token }: Person, fileId: string) {
  return call(storage, files.get, { token, params: { file_id: fileId } })
}

/** What is known of a file once it is as it should be. */
async function waitFor(storage: Storage, person: Person, fileId: string, isSo: (file: StoredFile) => boolean) {
  for (;;) {
    const { data } = await look(storage, person, fileId)
    if (isSo(data)) return data
    await pause(20)
  }
}

suite('previews', () => {
  const shared = shareStorage()

  test('an image has its size and a small picture soon after its upload, and both go with it', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    const fileId = await upload(storage, ada, pixel, { content_type: 'image/png' })
    const { width, height } = await waitFor(storage, ada, fileId, (file) => file.has_preview)
    assert.deepEqual([width, height], [1, 1])
    const params = { file_id: fileId }
    const { data } = await call(storage, files.getDownload, { token: ada.token, params })
    const preview = await fetch(data.preview_url ?? '')
    assert.deepEqual([preview.status, preview.headers.get('content-type')], [200, 'image/webp'])
    await call(storage, files.delete, { token: ada.token, params })
    await until('the bytes are gone', async () => !(await listKeys(storage)).some((key) => key.includes(fileId)))
  })

  test('what is encrypted is not looked into', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    const announced = { is_encrypted: true, content_type: 'application/octet-stream' }
    const fileId = await upload(storage, ada, pixel, announced)
    const later = await upload(storage, ada, pixel, { content_type: 'image/png' })
    await waitFor(storage, ada, later, (file) => file.has_preview)
    assert.equal((await look(storage, ada, fileId)).data.has_preview, false)
  })
})

const Waiting = Type.Object({ payload: Type.Unknown() })

/** What chat-service would tell people now. */
async function listNotifications({ context: { sql } }: Storage): Promise<unknown[]> {
  const rows = await sql.many(
    Waiting,
  )`select payload from outbox where topic = ${notificationTopic} order by created_at`
  return rows.map(({ payload }) => payload)
}

test('a file that does harm, or that nobody can scan, goes; its owner is told, and so is the audit', async (t) => {
  const clamd = await startFakeClamd(t, { mostBytes: 1_000 })
  const storage = await startStorage(t, { more: { CLAMD_URL: `tcp://127.0.0.1:${clamd.port}` } })
  const ada = await createPerson(storage)
  for (const [bytes, reason] of [
    [harmless, 'infected'],
    ['x'.repeat(2_000), 'not_scannable'],
  ] as const) {
    const fileId = await upload(storage, ada, bytes)
    await until('it is gone', async () => (await look(storage, ada, fileId)).status === 404)
    const told = { kind: 'file_refused', user_id: ada.userId, file_id: fileId }
    assert.deepEqual((await listNotifications(storage)).at(-1), told)
    const record = storage.lines.findLast(({ stream, target_id }) => stream === 'audit' && target_id === fileId)
    assert.deepEqual([record?.action, record?.result, record?.reason], ['complete', 'denied', reason])
  }
  assert.deepEqual(await quotaOf(storage, ada), { used: 0, reserved: 0, file_count: 0 })
})

test('while a file is scanned only its owner has it; a clean one is there for all, a harmful one for nobody', async (t) => {
  const clamd = await startFakeClamd(t)
  const storage = await startStorage(t, { more: { CLAMD_URL: `tcp://127.0.0.1:${clamd.port}` } })
  const [ada, bob] = [await createPerson(storage), await createPerson(storage)]

  const clean = await upload(storage, ada)
  await waitFor(storage, ada, clean, ({ status }) => status === 'ready')

  const harmful = await announce(storage, ada, { file_size: harmless.length })
  await put(harmful.data, harmless)
  assert.equal((await complete(storage, ada, harmful.data.file_id)).data.status, 'scanning')
  await until('it is gone', async () => (await look(storage, ada, harmful.data.file_id)).status === 404)
  await until(
    'the bytes are gone',
    async () => !(await listKeys(storage)).some((key) => key.includes(harmful.data.file_id)),
  )
  assert.deepEqual(await quotaOf(storage, ada), { used: 5, reserved: 0, file_count: 1 })

  clamd.hang()
  const waiting = await upload(storage, ada)
  await share(storage, { people: [ada, bob], fileIds: [clean, waiting] })
  assert.equal(String((await download(storage, bob, clean)).bytes), 'hello')
  assert.equal(String((await download(storage, ada, waiting)).bytes), 'hello')
  const refused = await download(storage, bob, waiting)
  assert.deepEqual([refused.status, refused.code], [409, 'FILE_NOT_READY'])
})
