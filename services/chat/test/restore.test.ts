import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { enqueue } from '@secureconnect/outbox'
import { messages } from '@secureconnect/protocol'
import { serverSettings } from '@secureconnect/service'
import { connectPostgres } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { cassandraEnv } from '@secureconnect/test/cassandra'
import { surroundings } from '@secureconnect/test/helpers'
import { cassandraServer, faultProxy } from '@secureconnect/test/stack'
import { dropAll } from '../src/archive/drop-archived.ts'
import { findMessage } from '../src/history/find-message.ts'
import { restoreChat } from '../src/restore/restore-chat.ts'
import { lockHeads } from '../src/stores/conversation-log.ts'
import { takeBackup } from './backup.ts'
import { createGroup } from './groups.ts'
import { allKeepings, createHistoryRoom, type HistoryRoom, type OpenContext, shareContext } from './history-room.ts'
import { call, createPerson, createServerEnv, onServers, startChatOn } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

/** As if drops had waited until nobody can be writing any more that was when they were asked for. */
async function carryOutDrops(context: OpenContext): Promise<void> {
  await context.sql.execute`update archive_drops set created_at = created_at - interval '1 minute'`
  await dropAll(context, new AbortController().signal)
}

async function epochOf({ sql }: OpenContext, { conversationId }: HistoryRoom): Promise<number> {
  const [head] = await sql.transaction((tx) => lockHeads(tx, [conversationId]))
  return head?.log_epoch ?? Number.NaN
}

/** What happens after the backup, comes to the archive too, and is undone by the restore. */
async function writeOn(room: HistoryRoom, backedUp: string) {
  const edited = await room.send('undone')
  await room.edit(edited.message_id, 'undone and changed')
  const deleted = await room.send('undone and deleted')
  await room.delete(deleted.message_id)
  await room.edit(backedUp, 'an undone change')
  const last = await room.send('undone at the end')
  await room.archive()
  return [edited, deleted, last]
}

for (const keeping of allKeepings) {
  suite(`a restore from backup on ${keeping}`, () => {
    const open = shareContext(keeping)

    test('what it undid is nowhere, and what takes its place is whole and only new, in log and archive', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const [kept, backedUp] = [await room.send('kept'), await room.send('as it was')]
      await room.archive()
      const putBack = await takeBackup(context.sql, room.conversationId)
      const undone = await writeOn(room, backedUp.message_id)
      await putBack()
      await restoreChat(context.sql)

      const assertUndone = async () => {
        for (const { message_id } of undone) assert.equal(await findMessage(context, message_id), undefined)
      }
      await assertUndone()
      const textsOf = async () => (await room.list()).messages.map(({ content }) => content)
      assert.deepEqual(await textsOf(), ['as it was', 'kept'])
      const fresh = [await room.send('new 3'), await room.send('new 4'), await room.send('new 5')]
      assert.deepEqual(
        fresh.map(({ seq }) => seq),
        [3, 4, 5],
      )
      await room.edit(kept.message_id, 'kept and changed')
      const fromLog = await room.list()
      assert.equal((await room.archive()).size, 0, 'nothing new is merged with what the archive held before')
      await carryOutDrops(context)
      await assertUndone()
      assert.equal((await room.archive()).size, 1)
      await room.forgetLog()
      assert.deepEqual(await room.list(), fromLog)
      assert.deepEqual(await textsOf(), ['new 5', 'new 4', 'new 3', 'as it was', 'kept and changed'])
      await assertUndone()
      for (const { message_id } of undone) assert.equal(await context.archive.locate(message_id), undefined)
      for (const { message_id } of fresh) {
        const found = await findMessage(context, message_id)
        assert.deepEqual([found?.versions, found?.editedAt, found?.deletedAt], [[], null, null])
      }
      const changed = await findMessage(context, kept.message_id)
      assert.deepEqual(
        changed?.versions.map(({ content }) => content),
        ['kept'],
      )
    })

    test('messages that had left the log stay, and what changes them counts for more than what was undone', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const [first, second] = [await room.send('first'), await room.send('second')]
      await room.archive()
      await room.forgetLog()
      const putBack = await takeBackup(context.sql, room.conversationId)
      await writeOn(room, first.message_id)
      await putBack()
      await restoreChat(context.sql)
      await room.edit(first.message_id, 'changed after the restore')
      await carryOutDrops(context)
      await room.archive()
      await room.forgetLog()
      assert.deepEqual(
        (await room.list()).messages.map(({ message_id, content }) => [message_id, content]),
        [
          [second.message_id, 'second'],
          [first.message_id, 'changed after the restore'],
        ],
      )
    })

    test('no epoch is given twice where it is said which was in use, and doing it again does no harm', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const { message_id } = await room.send('kept')
      await room.archive()
      const putBack = await takeBackup(context.sql, room.conversationId)
      const first = await restoreChat(context.sql)
      assert.equal(await epochOf(context, room), first.epoch)
      await putBack()
      const second = await restoreChat(context.sql, { above: first.epoch + 7 })
      assert.ok(second.epoch > first.epoch + 7)
      const third = await restoreChat(context.sql)
      assert.ok(third.epoch > second.epoch)
      assert.equal(third.conversations, first.conversations)
      await room.send('new')
      await carryOutDrops(context)
      assert.equal((await room.archive()).size, 1)
      await room.forgetLog()
      assert.equal((await findMessage(context, message_id))?.content, 'kept')
      assert.equal((await room.list()).messages.length, 2)
    })
  })
}

const script = join(import.meta.dirname, '../restore.ts')

async function startProxied(t: TestContext) {
  const proxy = await faultProxy(t, await cassandraServer())
  const database = await createMigratedDatabase(t)
  const sql = await connectPostgres(parseConfig(serverSettings, { env: await createServerEnv(database) }))
  t.after(() => sql.close())
  const env = await cassandraEnv(proxy)
  const settings = { ...env, ...(await createServerEnv(database)), JWT_SECRET: randomBytes(32).toString('hex') }
  const restore = () => {
    const { stdout } = spawnSync(process.execPath, [script], {
      env: { ...surroundings, ...settings },
      encoding: 'utf8',
    })
    const [, epoch] = /^1 conversations begin epoch (\d+), 1 waiting pushes were dropped\.\n$/.exec(stdout) ?? []
    return Number(epoch)
  }
  return { proxy, sql, platform: await onServers(database), env, restore }
}

test('a restore while Cassandra is away is carried out when it returns: nothing undone is read, nothing new is lost', async (t) => {
  const { proxy, sql, platform, env, restore } = await startProxied(t)
  const before = await startChatOn(t, platform, env)
  const person = await createPerson(before)
  const conversation_id = await createGroup(before, person)
  type Chat = typeof before
  const tokenOf = ({ mint }: Chat) => mint(person)
  const send = async (chat: Chat, content: string) => {
    const body = { conversation_id, content, message_type: 'text' } as const
    return (await call(chat, messages.send, { token: tokenOf(chat), body })).data
  }
  const isArchived = async () =>
    (await sql.execute`
      select 1 from archive_state join conversations using (conversation_id)
      where conversation_id = ${conversation_id} and archived_seq = last_seq`) === 1
  await send(before, 'kept')
  const putBack = await takeBackup(sql, conversation_id)
  const undone = [await send(before, 'undone 1'), await send(before, 'undone 2')]
  await until('it is archived', isArchived, 20_000)
  await before.stop()

  proxy.refuse()
  await putBack()
  await sql.transaction((tx) => enqueue(tx, { topic: 'push', key: 'key', payload: {} }))
  const epoch = restore()
  const after = await startChatOn(t, platform, env)
  const fresh = await send(after, 'new')
  assert.equal(fresh.seq, undone[0]?.seq)
  const socket = await TestSocket.open(t, after, { ...person, token: tokenOf(after) })
  const position = { log_epoch: 1, seq: fresh.seq }
  const { subscribed } = await socket.subscribe({ [conversation_id]: position })
  assert.deepEqual(subscribed[conversation_id], { log_epoch: epoch, last_seq: fresh.seq, recovered: false })
  await proxy.heal()
  await until('it is archived anew', isArchived, 30_000)
  await sql.execute`
    update archive_state set log_start = archived_seq where conversation_id = ${conversation_id}`
  await sql.execute`delete from conversation_log where conversation_id = ${conversation_id}`
  const token = tokenOf(after)
  const { data } = await call(after, messages.list, { token, query: { conversation_id } })
  assert.deepEqual(
    data.messages.map(({ content, edited_at }) => [content, edited_at]),
    [
      ['new', null],
      ['kept', null],
    ],
  )
  for (const { message_id } of undone) {
    assert.equal((await call(after, messages.get, { token, params: { message_id } })).code, 'MESSAGE_NOT_FOUND')
  }
})
