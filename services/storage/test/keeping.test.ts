import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { BlobStoreError } from '@secureconnect/blobs'
import { fileCheckTopic } from '@secureconnect/directory'
import { enqueueLatest } from '@secureconnect/outbox'
import { newId } from '@secureconnect/sql'
import { until } from '@secureconnect/test/helpers'
import { endUploads } from '../src/keeping/end-uploads.ts'
import { removeOrphans } from '../src/keeping/remove-orphans.ts'
import {
  announce,
  complete,
  createPerson,
  download,
  listKeys,
  put,
  quotaOf,
  type Storage,
  share,
  shareStorage,
  upload,
} from './test-storage.ts'

/** A run of the orphan finder in which every object counts as this many hours older than it is. */
function runLater({ context }: Storage, config: { orphanDryRun?: boolean; orphansPerRun?: number } = {}, hours = 48) {
  const list: typeof context.blobs.list = async function* (prefix) {
    for await (const found of context.blobs.list(prefix)) {
      yield { ...found, modifiedAt: new Date(found.modifiedAt.getTime() - hours * 3_600_000) }
    }
  }
  return removeOrphans({ ...context, blobs: { ...context.blobs, list }, config: { ...context.config, ...config } })
}

suite('what nobody finished', () => {
  const shared = shareStorage({ engine: 'postgres' })

  test('an upload that was never completed ends: its room is free again, and its bytes go', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    const { data } = await announce(storage, ada)
    await put(data, 'hello')
    const endedMinutesAgo = (minutes: number) => storage.context.sql.execute`
      update files set upload_ends_at = now() - ${minutes}::integer * interval '1 minute' where file_id = ${data.file_id}`
    await endedMinutesAgo(9)
    await endUploads(storage.context)
    assert.deepEqual(await quotaOf(storage, ada), { used: 0, reserved: 5, file_count: 0 })
    await endedMinutesAgo(11)
    await endUploads(storage.context)
    assert.deepEqual(await quotaOf(storage, ada), { used: 0, reserved: 0, file_count: 0 })
    await until('the bytes are gone', async () => !(await listKeys(storage)).includes(`staging/${data.file_id}`))
    assert.equal((await complete(storage, ada, data.file_id)).code, 'FILE_NOT_FOUND')
  })

  test('a process that takes over ends each upload once, however many end it at once', async () => {
    const storage = shared()
    const ada = await createPerson(storage)
    for (let count = 0; count < 5; count++) await announce(storage, ada)
    await storage.context.sql.execute`
      update files set upload_ends_at = now() - interval '1 hour' where owner_id = ${ada.userId}`
    await Promise.all(Array.from({ length: 4 }, () => endUploads(storage.context)))
    assert.deepEqual(await quotaOf(storage, ada), { used: 0, reserved: 0, file_count: 0 })
  })
})

suite('objects that no file refers to', () => {
  const shared = shareStorage()

  /** An object of no file, beside a file and an upload. */
  async function createObjects() {
    const storage = shared()
    const ada = await createPerson(storage)
    const fileId = await upload(storage, ada)
    const { data } = await announce(storage, ada)
    await put(data, 'hello')
    const orphan = `files/${newId()}/${newId()}`
    await storage.context.blobs.write(orphan, Buffer.from('lost'), 'text/plain')
    return { storage, ada, fileId, orphan, staged: `staging/${data.file_id}` }
  }

  test('are removed once they are old, and nothing else is', async () => {
    const { storage, ada, fileId, orphan, staged } = await createObjects()
    assert.deepEqual(await runLater(storage, {}, 23), [])
    assert.ok((await runLater(storage)).includes(orphan))
    const keys = await listKeys(storage)
    assert.deepEqual([keys.includes(orphan), keys.includes(staged)], [false, true])
    assert.equal(String((await download(storage, ada, fileId)).bytes), 'hello')
  })

  test('are only told of in a dry run', async () => {
    const { storage, orphan } = await createObjects()
    assert.ok((await runLater(storage, { orphanDryRun: true })).includes(orphan))
    assert.ok((await listKeys(storage)).includes(orphan))
    const told = storage.lines.findLast(({ message }) => message === 'objects were found that no file refers to')
    assert.equal(told?.is_removed, false)
    await runLater(storage)
  })

  test('are removed no more at once than is allowed', async () => {
    const { storage } = await createObjects()
    await createObjects()
    assert.equal((await runLater(storage, { orphansPerRun: 1 })).length, 1)
    assert.equal((await runLater(storage)).length, 1)
  })

  test('stay, all of them, while the store cannot be listed to its end', async () => {
    const { storage, orphan } = await createObjects()
    const { context } = storage
    const list: typeof context.blobs.list = async function* (prefix) {
      for await (const found of context.blobs.list(prefix)) yield { ...found, modifiedAt: new Date(0) }
      if (prefix === 'previews/') throw new BlobStoreError('unreachable')
    }
    await assert.rejects(removeOrphans({ ...context, blobs: { ...context.blobs, list } }), BlobStoreError)
    assert.ok((await listKeys(storage)).includes(orphan))
  })
})

suite('a file whose last message has gone', () => {
  const shared = shareStorage({ engine: 'postgres' })

  /** What chat-service does in the transaction in which a message goes. */
  async function dropMessage({ context: { sql } }: Storage, conversationId: string, fileId: string): Promise<void> {
    await sql.transaction(async (tx) => {
      await tx.execute`delete from file_references where conversation_id = ${conversationId}`
      await enqueueLatest(tx, fileCheckTopic, [{ key: fileId, payload: {} }])
    })
  }

  async function isThere({ context: { sql } }: Storage, fileId: string): Promise<boolean> {
    return (await sql.execute`select from files where file_id = ${fileId}`) === 1
  }

  async function waitForChecks({ context: { sql } }: Storage): Promise<void> {
    await until(
      'no file waits to be looked after',
      async () => (await sql.execute`select from outbox where topic = ${fileCheckTopic}`) === 0,
    )
  }

  test('goes with it, and stays while another message or a profile shows it', async () => {
    const storage = shared()
    const [ada, bob] = [await createPerson(storage), await createPerson(storage)]
    const [shown, avatar] = [await upload(storage, ada), await upload(storage, ada)]
    await storage.context.sql.execute`
      update users set avatar_file_id = ${avatar} where user_id = ${ada.userId}`
    const first = await share(storage, { people: [ada, bob], fileIds: [shown] })
    const second = await share(storage, { people: [ada, bob], fileIds: [shown] })
    const third = await share(storage, { people: [ada, bob], fileIds: [avatar] })
    await dropMessage(storage, first, shown)
    await dropMessage(storage, third, avatar)
    await waitForChecks(storage)
    assert.deepEqual([await isThere(storage, shown), await isThere(storage, avatar)], [true, true])
    await dropMessage(storage, second, shown)
    await waitForChecks(storage)
    assert.equal(await isThere(storage, shown), false)
    assert.deepEqual(await quotaOf(storage, ada), { used: 5, reserved: 0, file_count: 1 })
    await until('the bytes are gone', async () => !(await listKeys(storage)).some((key) => key.includes(shown)))
  })

  test('stays where somebody sends it at that moment', async () => {
    const storage = shared()
    const { sql } = storage.context
    const [ada, bob] = [await createPerson(storage), await createPerson(storage)]
    const fileId = await upload(storage, ada)
    const conversationId = await share(storage, { people: [ada, bob], fileIds: [fileId] })
    await sql.transaction(async (tx) => {
      await tx.execute`select from files where file_id = ${fileId} for share`
      await dropMessage(storage, conversationId, fileId)
      // The check waits for the file by now, or soon.
      await pause(200)
      await tx.execute`
        insert into file_references (file_id, conversation_id, seq) values (${fileId}, ${conversationId}, 2)`
    })
    await waitForChecks(storage)
    assert.ok(await isThere(storage, fileId))
  })
})
