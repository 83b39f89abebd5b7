import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { suite, test } from 'node:test'
import { BlobStoreError } from '@secureconnect/blobs'
import { restoreChat } from '@secureconnect/chat-service'
import { column, newId } from '@secureconnect/sql'
import { onlyAtFullSize, scale } from '@secureconnect/test/helpers'
import { shareInSuite } from '@secureconnect/test/services'
import { types } from 'cassandra-driver'
import { Type } from 'typebox'
import { nameFaults } from '../src/name-faults.ts'
import { readInstallation } from '../src/read-installation.ts'
import { runCommand } from '../src/run-command.ts'
import { pieceBytes } from '../src/sealed/sealed-stream.ts'
import { listSets } from '../src/sets/manifest.ts'
import type { Stage } from '../src/stage.ts'
import { drill } from '../src/tasks/drill.ts'
import { restoreSet } from '../src/tasks/restore-set.ts'
import { takeBackup } from '../src/tasks/take-backup.ts'
import { verifySet } from '../src/tasks/verify-set.ts'
import { tellBackup } from '../src/write-metrics.ts'
import { createGround, type Ground, sentenceOf, silentLog } from './ground.ts'
import { createMemoryStore } from './memory-store.ts'

const Names = Type.Object({ name: column.text })
const Epoch = Type.Object({ epoch: column.integer })
const fullSize = onlyAtFullSize('a bucket is a store like the folder, and takes seconds')
const contentType = 'application/octet-stream'

/** Somebody with a conversation, of which a message is in the log and one in the archive. */
async function createSomebody({ sql, client, config }: Ground, name: string) {
  const [userId, conversationId, messageId] = [newId(), newId(), newId()]
  await sql.execute`
    insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
    values (${userId}, ${name}, ${name}, ${name}, ${name}, ${'a\tname\\ of\nlines'}, ${'none'}, ${'none'})`
  await sql.execute`
    insert into sessions (session_id, user_id, network, salt, generation, rotated_at, idle_expires_at, absolute_expires_at)
    values (${newId()}, ${userId}, ${'192.0.2.0'}, ${Buffer.of(0, 92, 255)}, 1, now(), now(), now())`
  await sql.execute`
    insert into conversations (conversation_id, type, created_by, member_count)
    values (${conversationId}, 'group', ${userId}, 1)`
  await sql.execute`
    insert into members (conversation_id, user_id, role, visible_from) values (${conversationId}, ${userId}, 'owner', 1)`
  const keyspace = config.cassandraKeyspace
  const written = types.Long.fromNumber(2 ** 40 + 1)
  await client.execute(
    `insert into ${keyspace}.messages (conversation_id, bucket, seq, message_id, applied, number, sender_id, content, data,
      created_at) values (?, 0, 1, ?, ?, 1, ?, ?, '{}', ?) using timestamp ?`,
    [conversationId, messageId, written, userId, 'a line\nand "another"', new Date(), written],
    { prepare: true },
  )
  const place = `insert into ${keyspace}.message_by_id (message_id, conversation_id, seq) values (?, ?, 1) using timestamp ?`
  await client.execute(place, [messageId, conversationId, written], { prepare: true })
  return { userId, conversationId, messageId }
}

async function readPlace({ client, config }: Ground, messageId: string) {
  const query = `select conversation_id, writetime(seq) as written from ${config.cassandraKeyspace}.message_by_id
    where message_id = ?`
  const { rows } = await client.execute(query, [messageId], { prepare: true })
  return rows.map((row) => [String(row.get('conversation_id')), Number(row.get('written'))])
}

/** Fails where a text stands in what is kept, in the names of files or in their bytes, for whoever has no key. */
function assertSealed(folder: string, texts: readonly string[]): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  assert.ok(files.length > 10, 'there is something to look at')
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name)
    const bytes = Buffer.concat([Buffer.from(path), readFileSync(path)])
    for (const text of texts) assert.ok(!bytes.includes(text), `${text} in ${path}`)
  }
}

suite('a backup', () => {
  const ground = shareInSuite(createGround)

  test('brings back accounts, conversations, archived messages and files as they were, into the same system or an empty one', async () => {
    const { act, sql, config } = ground()
    const kept = await createSomebody(ground(), 'kept')
    const large = Buffer.alloc(pieceBytes + 10, 'l')
    await act(async ({ objects }) => {
      await objects.write('files/small', Buffer.from('small'), contentType)
      await objects.write('files/large', large, contentType)
      await objects.write('staging/unfinished', Buffer.from('unfinished'), contentType)
    })
    const first = await act((stage) => takeBackup(stage))
    assert.deepEqual(first.objects, { count: 2, bytes: large.length + 5, newBytes: large.length + 5 })
    const second = await act((stage) => takeBackup(stage))
    assert.deepEqual(second.objects, { ...first.objects, newBytes: 0 })
    await act((stage) => verifySet(stage, second))
    const { backupKey, dbPassword, backupTarget } = config
    const texts = ['a line', 'and "another"', kept.messageId, kept.userId, 'files/small', 'l'.repeat(64)]
    assertSealed(backupTarget, [...texts, '{"files"', backupKey, dbPassword])
    assert.deepEqual(await readInstallation(config), { set: second.set, content: '{"files":[]}' })
    await tellBackup(config.metricsFolder, second)
    assert.match(
      readFileSync(join(config.metricsFolder, 'backup.prom'), 'utf8'),
      /^backup_last_success_timestamp_seconds\{store="archive"\} \d{10}$/m,
    )

    const undone = await createSomebody(ground(), 'undone')
    await sql.execute`update conversations set log_epoch = 9000 where conversation_id = ${kept.conversationId}`
    await act(({ objects }) => objects.remove(['files/small']))
    const refusal = await sentenceOf(act((stage) => restoreSet(stage, second, { mayReplace: false })))
    assert.match(refusal, /there are accounts and archived messages and files here\. With --replace/)
    await act((stage) => restoreSet(stage, second, { mayReplace: true }))

    assert.deepEqual(await sql.many(Names)`select display_name as name from users`, [{ name: 'a\tname\\ of\nlines' }])
    assert.deepEqual(await readPlace(ground(), kept.messageId), [[kept.conversationId, 2 ** 40 + 1]])
    assert.deepEqual(await readPlace(ground(), undone.messageId), [])
    await act(async ({ objects }) => {
      for (const [key, bytes] of [['files/small', Buffer.from('small')] as const, ['files/large', large] as const]) {
        const found = await objects.read(key)
        assert.ok(found && bytes.equals(await buffer(found)), key)
      }
    })
    const { epoch } = await restoreChat(sql)
    assert.ok(epoch > 9_000, 'clients that saw what was undone are not taken for up to date')
    assert.deepEqual(await sql.one(Epoch)`select max(log_epoch) as epoch from conversations`, { epoch })
  })

  test(
    'goes to a bucket as well, is verified there without the stores of the system, and comes back from it',
    fullSize,
    async () => {
      const { act, sql, config } = ground()
      const kept = await createSomebody(ground(), 'kept in a bucket')
      const { minioAccessKey: backupS3AccessKey, minioSecretKey: backupS3SecretKey } = config
      const bucket = { backupTarget: `${config.s3Url}/${config.s3Bucket}-kept`, backupS3AccessKey, backupS3SecretKey }
      const manifest = await act((stage) => takeBackup(stage), bucket)
      const withoutStores = { ...config, ...bucket, cassandraPort: 1, dbPort: 1, s3Url: 'http://127.0.0.1:1' }
      const said: string[] = []
      const tell = (line: string) => void said.push(line)
      for (const words of [['list'], ['verify']])
        await runCommand(withoutStores, words, { log: silentLog, print: tell, tell })
      assert.match(said[0] ?? '', new RegExp(`^${manifest.set} `))
      assert.equal(said.at(-1), `Every byte of ${manifest.set} is as it was kept.`)
      await sql.execute`update users set display_name = ${'changed'}`
      await act(({ objects }) => objects.remove(['files/small']))
      await act((stage) => restoreSet(stage, manifest, { mayReplace: true }), bucket)
      const names = await sql.many(Names)`select display_name as name from users where username = ${'kept in a bucket'}`
      assert.deepEqual(names, [{ name: 'a\tname\\ of\nlines' }])
      assert.deepEqual(await readPlace(ground(), kept.messageId), [[kept.conversationId, 2 ** 40 + 1]])
      await act(async ({ objects }) => {
        const found = await objects.read('files/small')
        assert.equal(found && String(await buffer(found)), 'small')
      })
    },
  )

  test('a drill restores it beside the system, finds it as it was, and leaves nothing', async () => {
    const { act, sql, client, config } = ground()
    const manifest = await act((stage) => takeBackup(stage))
    const drilled = await act((stage) => drill(stage, manifest))
    assert.equal(drilled.set, manifest.set)
    assert.ok(drilled.rows >= 3 && drilled.messages >= 2 && drilled.objects === 2 && drilled.seconds > 0)
    const left = await sql.many(Names)`select nspname::text as name from pg_namespace where nspname like 'restor%'`
    const query = 'select table_name from system_schema.tables where keyspace_name = ?'
    const { rows } = await client.execute(query, [config.cassandraKeyspace], { prepare: true })
    assert.deepEqual([left, rows.length], [[], 3])
  })

  test('one that did not come to its end counts for nothing, and the next one removes what it left', async () => {
    const { act, config } = ground()
    const counted = () => act(async ({ vault }) => (await listSets(vault)).map(({ set }) => set))
    const left = () => readdirSync(join(config.backupTarget, 'kept/sets'))
    const before = await counted()
    const { store: broken } = createMemoryStore()
    broken.list = () => {
      throw new Error('the line broke')
    }
    await assert.rejects(
      act((stage) => takeBackup({ ...stage, objects: broken })),
      /the line broke/,
    )
    const unfinished = left().at(-1) ?? ''
    assert.deepEqual(await counted(), before.slice(0, 1))
    assert.ok(!before.includes(unfinished))
    const { set } = await act((stage) => takeBackup(stage))
    assert.equal((await counted())[0], set)
    const rest = await act(async ({ vault }) => {
      const keys = []
      for await (const { key } of vault.store.list(`sets/${unfinished}/`)) keys.push(key)
      return keys
    })
    assert.deepEqual(rest, [])
  })

  test('what is damaged, missing, of another key or away is told in a sentence', async () => {
    const { act, config } = ground()
    const manifest = await act((stage) => takeBackup(stage))
    const folder = join(config.backupTarget, 'kept/sets', manifest.set)
    const verify = (more = {}) => sentenceOf(act((stage) => verifySet(stage, manifest), more))
    const piece = join(folder, 'sql/users/00000001')
    const bytes = readFileSync(piece)
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(30) ^ 1, 30)
    writeFileSync(piece, changed)
    assert.match(await verify(), /^Piece 1 of sets\/.*users cannot be opened/)
    rmSync(piece)
    assert.match(await verify(), /^Piece 1 of sets\/.*users is missing\. Use another set\.$/)
    writeFileSync(piece, bytes)
    const login = { backupS3AccessKey: 'somebody', backupS3SecretKey: 'something' }
    const cases: readonly [object, RegExp][] = [
      [{ backupKey: 'k'.repeat(64) }, /another backup key/],
      [{ dbPort: 1 }, /^The database does not answer/],
      [{ installationFile: join(folder, 'none') }, /Run \.\/ops init/],
      [{ s3Url: 'http://127.0.0.1:1' }, /^The object store does not answer/],
      [{ cassandraPort: 1 }, /^Cassandra does not answer/],
      [{ backupTarget: 'http://127.0.0.1:1/x' }, /wants a login/],
      [{ backupTarget: 'http://127.0.0.1:1/x', ...login }, /^The backup target does not answer/],
    ]
    for (const [more, sentence] of cases.slice(0, scale(cases.length, 2)))
      assert.match(await sentenceOf(act((stage) => takeBackup(stage), more)), sentence)
    const full = async () => {
      throw new BlobStoreError('full')
    }
    const onFull = ({ vault: { store, key }, ...stage }: Stage) => {
      const vault = { key, store: nameFaults('The backup target', { ...store, write: full }) }
      return takeBackup({ ...stage, vault })
    }
    assert.equal(await sentenceOf(act(onFull)), 'The backup target is full. Make room there.')
    await act((stage) => verifySet(stage, manifest))
  })
})
