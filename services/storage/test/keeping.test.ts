import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { BlobStoreError } from '@secureconnect/blobs'
import { fileCheckTopic } from '@secureconnect/directory'
import { enqueueLatest } from '@secureconnect/outbox'
import { files, limits } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { collect, until } from '@secureconnect/test/helpers'
import { endUploads } from '../src/keeping/end-uploads.ts'
import { removeOrphans } from '../src/keeping/remove-orphans.ts'
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
  const listParts: typeof context.blobs.listParts = async function* () {
    for await (const found of context.blobs.listParts()) {
      yield { ...found, modifiedAt: new Date(found.modifiedAt.getTime() - hours * 3_600_000) }
    }
  }
  return removeOrphans({
    ...context,
    blobs: { ...context.blobs, list, listParts },
    config: { ...context.config, ...config },
  })
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

/** Of two parts. */
const large = { file_size: limits.uploadPartBytes + 5, content_type: 'application/octet-stream' }

suite('objects that no file refers to', () => {
  const shared = shareStorage({ more: { MAX_FILE_BYTES: String(large.file_size) } })

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

  test('go with the upload that they are parts of, also those that are sent when it has ended', async () => {
    const { storage, ada } = await createObjects()
    const { sql, blobs } = storage.context
    const { data } = await announce(storage, ada, large)
    const { upload_url = '', headers = {} } = data.parts?.[1] ?? {}
    await call(storage, files.delete, { token: ada.token, params: { file_id: data.file_id } })
    await until(
      'nothing waits but for its time',
      async () =>
        (await sql.execute`
      select from outbox where due_at <= now()`) === 0,
    )
    assert.equal(await put({ ...data, upload_url, headers }, 'hello'), 200)
    const isLeft = async () => (await collect(blobs.listParts())).some(({ key }) => key === `staging/${data.file_id}`)
    assert.ok(await isLeft())
    await sql.execute`update outbox set due_at = now()`
    await until('its parts are gone', async () => !(await isLeft()))
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

  test('are parts as well, of which no upload is known', async () => {
    const { storage, ada } = await createObjects()
    const { blobs } = storage.context
    const { data } = await announce(storage, ada, large)
    const [part] = data.parts ?? []
    assert.ok(part)
    const lost = await blobs.beginParts({ key: `staging/${newId()}`, contentType: 'text/plain' })
    const lostPart = await blobs.signPart({ ...lost, part: 1, size: 5, expiresInSeconds: 60 })
    const { upload_url, headers } = part
    assert.equal(await put({ ...data, upload_url, headers }, Buffer.alloc(part.size)), 200)
    assert.equal(await put({ ...data, upload_url: lostPart.url, headers: lostPart.headers }, 'hello'), 200)
    assert.deepEqual(await runLater(storage, {}, 23), [])
    assert.ok((await runLater(storage)).includes(lost.key))
    const left = await collect(blobs.listParts())
    assert.deepEqual(
      left.map(({ key }) => key),
      [`staging/${data.file_id}`],
    )
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
