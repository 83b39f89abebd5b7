import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { files } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { announce, call, createPerson, download, type Person, share, shareStorage, upload } from './test-storage.ts'

suite('who may read a file', () => {
  const shared = shareStorage({ engine: 'postgres' })
  const createTwo = async () => [await createPerson(shared()), await createPerson(shared())] as const

  async function mayRead({ token }: Person, fileId: string): Promise<boolean> {
    const { status, code } = await call(shared(), files.getDownload, { token, params: { file_id: fileId } })
    if (status !== 200) assert.deepEqual([status, code], [404, 'FILE_NOT_FOUND'])
    return status === 200
  }

  test('who leaves the conversation is told from then on that there is no such file, and that is in the audit', async () => {
    const storage = shared()
    const [ada, bob] = await createTwo()
    const fileId = await upload(storage, ada)
    const conversationId = await share(storage, { people: [ada, bob], fileIds: [fileId] })
    assert.ok(await mayRead(bob, fileId))
    await storage.context.sql.execute`
      update members set left_at = now() where conversation_id = ${conversationId} and user_id = ${bob.userId}`
    assert.equal(await mayRead(bob, fileId), false)
    const record = storage.lines.findLast(({ stream, user_id }) => stream === 'audit' && user_id === bob.userId)
    assert.deepEqual(
      [record?.resource, record?.action, record?.result, record?.reason],
      ['file', 'download', 'denied', 'FILE_NOT_FOUND'],
    )
  })

  test('each download that is given is in the audit, with the file and who asked', async () => {
    const storage = shared()
    const [ada] = await createTwo()
    const fileId = await upload(storage, ada)
    await download(storage, ada, fileId)
    const records = storage.lines.filter(({ stream, target_id }) => stream === 'audit' && target_id === fileId)
    assert.deepEqual(
      records.map(({ action, result, user_id }) => [action, result, user_id]),
      ['upload', 'complete', 'download'].map((action) => [action, 'allowed', ada.userId]),
    )
  })

  test('a message from before somebody came shows him no file', async () => {
    const storage = shared()
    const [ada, bob] = await createTwo()
    const fileId = await upload(storage, ada)
    const conversationId = await share(storage, { people: [ada, bob], fileIds: [fileId], seq: 7 })
    await storage.context.sql.execute`
      update members set visible_from = 8 where conversation_id = ${conversationId} and user_id = ${bob.userId}`
    assert.equal(await mayRead(bob, fileId), false)
  })

  test('a message that has expired shows nobody its file', async () => {
    const storage = shared()
    const [ada, bob] = await createTwo()
    const fileId = await upload(storage, ada)
    await share(storage, { people: [ada, bob], fileIds: [fileId] })
    await storage.context.sql.execute`
      update file_references set expires_at = now() - interval '1 second' where file_id = ${fileId}`
    assert.equal(await mayRead(bob, fileId), false)
    assert.ok(await mayRead(ada, fileId))
  })

  test("everybody may see somebody's avatar, and nobody makes another's file one", async () => {
    const storage = shared()
    const [ada, eve] = await createTwo()
    const fileId = await upload(storage, ada)
    const setAvatar = ({ userId }: Person) =>
      storage.context.sql.execute`update users set avatar_file_id = ${fileId} where user_id = ${userId}`
    await setAvatar(eve)
    assert.equal(await mayRead(eve, fileId), false)
    await setAvatar(ada)
    assert.ok(await mayRead(eve, fileId))
  })

  test('where a file is to be sent decides already when it is announced', async () => {
    const storage = shared()
    const [ada, eve] = await createTwo()
    const conversation_id = await share(storage, { people: [ada], fileIds: [], isEncrypted: true })
    const codeOf = async (person: Person, is_encrypted: boolean) => {
      const content_type = is_encrypted ? 'application/octet-stream' : 'text/plain'
      return (await announce(storage, person, { conversation_id, is_encrypted, content_type })).code
    }
    assert.equal(await codeOf(eve, true), 'CONVERSATION_NOT_FOUND')
    assert.equal(await codeOf(ada, false), 'E2EE_REQUIRED')
    assert.equal(await codeOf(ada, true), undefined)
  })

  test('own files are listed page by page, the newest first, and nobody else’s', async () => {
    const storage = shared()
    const [ada, bob] = await createTwo()
    const ids = [await upload(storage, ada), await upload(storage, ada), await upload(storage, ada)]
    await upload(storage, bob)
    await announce(storage, ada)
    const list = (query: object) => call(storage, files.list, { token: ada.token, query: { limit: 2, ...query } })
    const first = (await list({})).data
    const second = (await list({ cursor: first.next_cursor ?? '' })).data
    const found = [...first.files, ...second.files].map(({ file_id }) => file_id)
    assert.deepEqual([found, first.has_more, second.has_more], [ids.toReversed(), true, false])
  })

  test('a file that nobody made is not there', async () => {
    const [ada] = await createTwo()
    assert.equal(await mayRead(ada, newId()), false)
  })
})
