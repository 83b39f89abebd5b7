import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { startErasure, startExport } from '@secureconnect/account-jobs'
import { column } from '@secureconnect/sql'
import { scale, until } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import {
  announce,
  complete,
  createPerson,
  download,
  listKeys,
  type Person,
  put,
  quotaOf,
  type Storage,
  share,
  shareStorage,
  upload,
} from './test-storage.ts'

suite('the files of accounts', () => {
  const shared = shareStorage({ engine: 'postgres' })

  async function run({ context: { sql, kv } }: Storage, { userId }: Person, start: typeof startExport): Promise<void> {
    await sql.transaction(async (tx) => void (await start(tx, { userId, order: ['storage-service'] }, kv)))
    const isOpen = () => sql.execute`
      select from account_jobs where user_id = ${userId} and finished_at is null`
    await until('the job is done', async () => (await isOpen()) === 0)
  }

  const erase = (storage: Storage, person: Person) =>
    run(storage, person, async (tx, job, kv) => {
      await tx.execute`update users set erasing_at = now() where user_id = ${job.userId}`
      await startErasure(tx, { ...job, messages: 'keep' }, kv)
      return true
    })

  test('go when it is erased, but for those that messages show still', async () => {
    const storage = shared()
    const [ada, bob] = [await createPerson(storage), await createPerson(storage)]
    const shown = await upload(storage, ada)
    const avatar = await upload(storage, ada)
    await storage.context.sql.execute`update users set avatar_file_id = ${avatar} where user_id = ${ada.userId}`
    await share(storage, { people: [ada, bob], fileIds: [shown] })
    for (let count = 0; count < scale(120, 3); count++) await upload(storage, ada)
    await put((await announce(storage, ada)).data, 'hello')
    const ofOthers = await upload(storage, bob)
    await erase(storage, ada)
    const left = await storage.context.sql.many(Type.Object({ file_id: column.id }))`
      select file_id from files where owner_id = ${ada.userId}`
    assert.deepEqual(left, [{ file_id: shown }])
    assert.equal(String((await download(storage, bob, shown)).bytes), 'hello')
    assert.equal(String((await download(storage, bob, ofOthers)).bytes), 'hello')
    await until('no bytes but those of two files are left', async () => (await listKeys(storage)).length === 2)
  })

  test('get no new ones while it is erased, and what was announced is no file any more', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    const { data } = await announce(storage, ada)
    await put(data, 'hello')
    await storage.context.sql.execute`update users set erasing_at = now() where user_id = ${ada.userId}`
    assert.equal((await announce(storage, ada)).code, 'USER_NOT_FOUND')
    assert.equal((await complete(storage, ada, data.file_id)).code, 'FILE_NOT_FOUND')
    assert.deepEqual(await quotaOf(storage, ada), { used: 0, reserved: 5, file_count: 0 })
  })

  test('are told in its export', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    const fileId = await upload(storage, ada, 'hello', { file_name: 'diary.txt' })
    await run(storage, ada, startExport)
    const pieces = await storage.context.sql.many(Type.Object({ section: column.text, items: column.text }))`
      select section, items from export_pieces join account_jobs using (job_id) where user_id = ${ada.userId}`
    assert.equal(pieces[0]?.section, 'files')
    const [file] = JSON.parse(`[${pieces[0]?.items}]`)
    assert.deepEqual([file.file_id, file.file_name], [fileId, 'diary.txt'])
  })
})
