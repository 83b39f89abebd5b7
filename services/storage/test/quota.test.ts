import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { files, limits } from '@secureconnect/protocol'
import { recountQuotas } from '../src/keeping/recount-quotas.ts'
import { announce, call, createPerson, quotaOf, shareStorage, upload } from './test-storage.ts'

suite('the quota', () => {
  const shared = shareStorage({ engine: 'postgres', more: { QUOTA_BYTES: '1000', QUOTA_FILES: '20' } })

  test('announced bytes count at once, and what does not fit is refused', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    await upload(storage, ada, 'x'.repeat(600))
    assert.equal((await announce(storage, ada, { file_size: 300 })).status, 201)
    const { status, code } = await announce(storage, ada, { file_size: 101 })
    assert.deepEqual([status, code], [402, 'QUOTA_EXCEEDED'])
    assert.equal((await announce(storage, ada, { file_size: 100 })).status, 201)
    const { data } = await call(storage, files.getQuota, { token: ada.token })
    assert.deepEqual(data, {
      used: 600,
      reserved: 400,
      total: 1_000,
      available: 0,
      usage_percentage: 60,
      file_count: 1,
      file_limit: 20,
    })
  })

  test('many small files are too many at some point', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    await storage.context.sql.execute`
      insert into storage_quotas (user_id, used_files) values (${ada.userId}, 20)`
    assert.equal((await announce(storage, ada)).code, 'QUOTA_EXCEEDED')
  })

  test('of twenty files announced at once, so many are taken as may be in progress', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    const answers = await Promise.all(Array.from({ length: 20 }, () => announce(storage, ada)))
    const refused = answers.filter(({ status }) => status !== 201)
    assert.equal(answers.length - refused.length, limits.uploadsInProgress)
    assert.ok(refused.every(({ status, code }) => status === 409 && code === 'LIMIT_REACHED'))
    assert.deepEqual(await quotaOf(storage, ada), { used: 0, reserved: 50, file_count: 0 })
  })

  test('a quota that says something else than the files is corrected', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    await upload(storage, ada)
    await announce(storage, ada, { file_size: 7 })
    await storage.context.sql.execute`
      update storage_quotas set used_bytes = 900, reserved_files = 9 where user_id = ${ada.userId}`
    await recountQuotas(storage.context)
    assert.deepEqual(await quotaOf(storage, ada), { used: 5, reserved: 7, file_count: 1 })
    assert.ok(storage.lines.some(({ message }) => message === 'quotas did not say what is there, and were corrected'))
  })

  test('a quota that goes with its account while all are corrected does not come back', async () => {
    const storage = shared()
    const { sql } = storage.context
    const ada = await createPerson(storage)
    await upload(storage, ada)
    const transaction: typeof sql.transaction = async (work) => {
      await sql.execute`delete from storage_quotas where user_id = ${ada.userId}`
      return sql.transaction(work)
    }
    await recountQuotas({ ...storage.context, sql: { ...sql, background: { ...sql.background, transaction } } })
    assert.equal(await sql.execute`select from storage_quotas where user_id = ${ada.userId}`, 0)
  })

  test('refused uploads are counted by their reason', async () => {
    const text = await (await fetch(`${shared().address}/metrics`)).text()
    for (const reason of ['quota', 'uploads_in_progress']) {
      assert.match(text, new RegExp(`storage_upload_rejected_total\\{[^}]*reason="${reason}"[^}]*\\} [1-9]`))
    }
  })
})
