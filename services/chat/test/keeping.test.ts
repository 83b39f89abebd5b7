import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { column } from '@secureconnect/sql'
import { Type } from 'typebox'
import type { Archive } from '../src/archive/archive.ts'
import { dropAll, dropArchived } from '../src/archive/drop-archived.ts'
import { applyRetentionTo } from '../src/history/apply-retention.ts'
import { findMessage } from '../src/history/find-message.ts'
import { anyLaterSeq, askForDrop } from '../src/stores/archive-drops.ts'
import { findMarks } from '../src/stores/archive-state.ts'
import { lockHeads } from '../src/stores/conversation-log.ts'
import { listTrimmable, trimLog } from '../src/stores/log-trimming.ts'
import { listRetentions } from '../src/stores/retention.ts'
import { findText } from './find-text.ts'
import { allKeepings, createHistoryRoom, type HistoryRoom, type OpenContext, shareContext } from './history-room.ts'
import { until } from './until.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** As if all up to a seq had happened so long ago. */
async function age({ sql }: OpenContext, { conversationId }: HistoryRoom, seq: number, days: number): Promise<void> {
  await sql.execute`
    update conversation_log set created_at = created_at - ${days}::integer * interval '1 day'
    where conversation_id = ${conversationId} and seq <= ${seq}`
}

async function fill(room: HistoryRoom, count: number): Promise<void> {
  await Promise.all(upTo(count).map((number) => room.send(`text ${number}`)))
}

async function retain(context: OpenContext, { conversationId }: HistoryRoom, days: number): Promise<void> {
  await context.sql.execute`
    update conversations set retention_days = ${days} where conversation_id = ${conversationId}`
  const all = await listRetentions(context.sql, '00000000-0000-0000-0000-000000000000', 1_000)
  const retention = all.find(({ conversation_id }) => conversation_id === conversationId)
  assert.ok(retention)
  await applyRetentionTo(context, retention)
}

for (const keeping of allKeepings) {
  suite(`what is kept on ${keeping}`, () => {
    const open = shareContext(keeping)

    test('a log lets go of what is archived and findable, older than a day and not among the newest thousand, and of nothing else', async () => {
      const context = open()
      const { sql } = context
      const room = await createHistoryRoom(context)
      const { conversationId } = room
      await fill(room, 600)
      await fill(room, 700)
      await age(context, room, 1_290, 2)
      assert.deepEqual(await listTrimmable(sql), [], 'nothing is archived')
      assert.equal(await trimLog(sql, conversationId), 0)
      await room.archive()
      assert.deepEqual([await listTrimmable(sql), await trimLog(sql, conversationId)], [[], 0], 'nothing is found')
      await room.index()
      assert.deepEqual(await listTrimmable(sql), [conversationId])
      assert.equal(await trimLog(sql, conversationId), 300)
      assert.deepEqual(await findMarks(sql, conversationId), { log_start: 300, archived_seq: 1_300 })
      assert.equal(await trimLog(sql, conversationId), 0)
      await fill(room, 950)
      await room.archive()
      await room.index()
      assert.equal(await trimLog(sql, conversationId), 950, 'the rest is younger than a day, or among the newest')
      await fill(room, 50)
      await room.archive()
      await room.index()
      assert.equal(await trimLog(sql, conversationId), 40, 'what is younger than a day stays')
      const shown = []
      for (let place: Parameters<HistoryRoom['list']>[0] = { before: 2 ** 40 }; ; ) {
        const page = await room.list(place, 100)
        shown.push(...page.messages.map(({ seq }) => seq))
        const next = page.next_cursor === null ? undefined : room.toPlace(page.next_cursor)
        if (!next) break
        place = next
      }
      assert.deepEqual(shown, upTo(2_300).reverse())
    })

    test('what is older than a conversation keeps is nowhere to be read, in log or archive', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const canary = `canary-${randomUUID()}`
      const archived = [await room.send(`${canary} 1`), await room.send(`${canary} 2`)]
      const logged = await room.send(`${canary} 3`)
      const edited = await room.send('an old one')
      await room.edit(edited.message_id, `${canary} 4`)
      const stays = await room.send('stays')
      await age(context, room, 4, 3)
      await room.archive()
      await retain(context, room, 2)
      for (const { message_id } of [...archived, logged, edited]) {
        const seen = (await room.list()).messages.map((message) => message.message_id)
        assert.ok(!seen.includes(message_id))
      }
      assert.deepEqual(
        (await room.list()).messages.map(({ message_id }) => message_id),
        [stays.message_id],
      )
      await assert.rejects(room.edit(logged.message_id, 'back'))
      const held = (await findText(context.sql, canary)).filter((table) => table !== 'archived_messages')
      assert.deepEqual(held, [])

      await context.sql.execute`update archive_drops set created_at = created_at - interval '1 minute'`
      await using _ = dropArchived(context)
      const seqs = [1, 2, 3, 4]
      const isGone = async () => (await context.archive.load([{ ...room, seqs }])).length === 0
      await until('it has left the archive', isGone)
      assert.equal((await findMessage(context, stays.message_id))?.content, 'stays')
    })

    test('what cannot be dropped keeps nothing else from being dropped, and has its turn again', async () => {
      const context = open()
      const rooms = [await createHistoryRoom(context), await createHistoryRoom(context)] as const
      const [stuck, other] = rooms
      for (const room of rooms) {
        await room.send('to be dropped')
        await room.archive()
        const drop = { conversation_id: room.conversationId, after_seq: 0, through_seq: 1, applied: 2 ** 41 }
        await askForDrop(context.sql, drop)
      }
      await context.sql.execute`update archive_drops set created_at = created_at - interval '1 minute'`
      const drop: Archive['drop'] = async (range, signal) => {
        if (range.conversationId === stuck.conversationId) throw new Error('too much')
        await context.archive.drop(range, signal)
      }
      const { signal } = new AbortController()
      const isHeld = async ({ conversationId }: HistoryRoom) =>
        (await context.archive.load([{ conversationId, seqs: [1] }])).length === 1
      await dropAll({ ...context, archive: { ...context.archive, isAvailable: true, takesWrites: true, drop } }, signal)
      assert.deepEqual([await isHeld(stuck), await isHeld(other)], [true, false])
      await dropAll(context, signal)
      assert.deepEqual([await isHeld(stuck), await isHeld(other)], [false, false])
    })

    test('nothing comes to the archive before what is to be dropped there has gone', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      await room.send('new')
      const drop = { conversation_id: room.conversationId, after_seq: 0, through_seq: anyLaterSeq, applied: 2 ** 40 }
      await askForDrop(context.sql, drop)
      assert.equal((await room.archive()).size, 0)
      await context.sql.execute`update archive_drops set created_at = created_at - interval '1 minute'`
      await dropAll(context, new AbortController().signal)
      assert.equal((await room.archive()).size, 1)
      assert.equal((await context.archive.load([{ ...room, seqs: [1] }])).length, 1)
    })

    test('a long history goes whole, though a part at a time', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const { conversationId } = room
      await fill(room, 600)
      await fill(room, 600)
      await age(context, room, 1_150, 3)
      await retain(context, room, 2)
      const Kept = Type.Object({
        texts: column.integer,
        history_start_seq: column.integer,
        through_seq: column.integer,
      })
      const kept = await context.sql.one(Kept)`
        select history_start_seq,
          (select max(through_seq) from archive_drops where conversation_id = ${conversationId}) as through_seq,
          (select count(*) from conversation_log where conversation_id = ${conversationId} and content is not null) as texts
        from conversations where conversation_id = ${conversationId}`
      assert.deepEqual(kept, { texts: 50, history_start_seq: 1_150, through_seq: 1_150 })
    })

    test('what only the archive holds goes a part at a time too, and whole partitions of it', async () => {
      const context = open()
      const { archive, sql } = context
      const room = await createHistoryRoom(context)
      const { conversationId } = room
      await room.send('an old one')
      await room.archive()
      await room.forgetLog()
      await sql.execute`
        insert into search_entries (conversation_id, seq, sender_id, has_files, created_at, words)
        select ${conversationId}::uuid, seq, ${conversationId}::uuid, false, now(), '' from generate_series(1, 4100) as seq`
      const [old] = await archive.load([{ conversationId, seqs: [1] }])
      assert.ok(old)
      // As if there were a message at each place, all of them from long ago.
      const list: typeof archive.list = async ({ throughSeq: seq }) => {
        return { messages: [{ ...old, seq, createdAt: new Date(0) }] }
      }
      const long = { ...context, archive: { ...archive, isAvailable: true, takesWrites: true, list } }
      const about = { conversation_id: conversationId, history_start_seq: 0, log_start: 4_100 }
      await applyRetentionTo(long, { ...about, until: new Date() })
      const Part = Type.Object({ after_seq: column.integer, through_seq: column.integer })
      const parts = await sql.many(Part)`
        select after_seq, through_seq from archive_drops where conversation_id = ${conversationId} order by after_seq`
      assert.deepEqual(
        parts.map(({ after_seq, through_seq }) => [after_seq, through_seq]),
        [
          [0, 1_999],
          [1_999, 3_999],
          [3_999, 4_100],
        ],
      )
      assert.equal(await sql.execute`select 1 from search_entries where conversation_id = ${conversationId}`, 0)
    })

    test('where the log has forgotten how old its messages are, the archive knows', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      await fill(room, 9)
      await age(context, room, 5, 10)
      await room.archive()
      await room.forgetLog()
      await room.send('new')
      await retain(context, room, 7)
      assert.deepEqual(
        (await room.list()).messages.map(({ seq }) => seq),
        [10, 9, 8, 7, 6],
      )
      const [head] = await context.sql.transaction((tx) => lockHeads(tx, [room.conversationId]))
      assert.equal(head?.message_count, 10)
    })
  })
}
