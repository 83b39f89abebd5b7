import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { newId } from '@secureconnect/sql'
import { Type } from 'typebox'
import type { Archive } from '../src/archive/archive.ts'
import { Archiver } from '../src/archive/archiver.ts'
import { runArchiver } from '../src/archive/run-archiver.ts'
import { historyUnavailable } from '../src/errors.ts'
import { findMessage } from '../src/history/find-message.ts'
import { findMarks } from '../src/stores/archive-state.ts'
import { holdIndexing } from '../src/stores/index-state.ts'
import { allKeepings, createHistoryRoom, type HistoryRoom, type OpenContext, shareContext } from './history-room.ts'
import { until } from './until.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** Reads a conversation page by page until there is no more. */
async function readAll(room: HistoryRoom, limit: number) {
  const messages = []
  let place: Parameters<HistoryRoom['list']>[0]
  for (;;) {
    const page = await room.list(place, limit)
    messages.push(...page.messages)
    if (page.next_cursor === null) return messages
    place = room.toPlace(page.next_cursor)
  }
}

/** An archive whose next write stands still until it is let go. */
function pausing(archive: Archive) {
  const arrived = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const write: Archive['write'] = async (messages) => {
    arrived.resolve()
    await gate.promise
    await archive.write(messages)
  }
  return {
    archive: { ...archive, isAvailable: true, takesWrites: true, write },
    arrived: arrived.promise,
    go: gate.resolve,
  }
}

function endLeases({ sql }: OpenContext, conversationId: string) {
  return sql.execute`
    update archive_state set lease_until = clock_timestamp() - interval '1 second'
    where conversation_id = ${conversationId}`
}

const archivedSeqOf = async ({ sql }: OpenContext, { conversationId }: HistoryRoom) =>
  (await findMarks(sql, conversationId)).archived_seq

for (const keeping of allKeepings) {
  suite(`the archive on ${keeping}`, () => {
    const open = shareContext(keeping)

    test('messages read the same from the log, the archive, and both together', async () => {
      const room = await createHistoryRoom(open())
      const sent = []
      for (const number of upTo(12)) sent.push(await room.send(`text ${number}`))
      await room.edit(sent[1]?.message_id ?? '', 'changed early')
      await room.delete(sent[3]?.message_id ?? '')
      const fromLog = await room.list()
      await room.archive()
      assert.deepEqual(await room.list(), fromLog)
      await room.forgetLog()
      assert.deepEqual(await room.list(), fromLog)

      for (const number of upTo(5)) await room.send(`later ${number}`)
      await room.edit(sent[5]?.message_id ?? '', 'changed late')
      await room.edit(sent[1]?.message_id ?? '', 'changed again')
      await room.delete(sent[7]?.message_id ?? '')
      const both = await room.list()
      assert.deepEqual(
        both.messages.map(({ content }) => content),
        [
          ...['later 5', 'later 4', 'later 3', 'later 2', 'later 1', 'text 12', 'text 11', 'text 10', 'text 9', null],
          ...['text 7', 'changed late', 'text 5', null, 'text 3', 'changed again', 'text 1'],
        ],
      )
      await room.archive()
      await room.forgetLog()
      assert.deepEqual(await room.list(), both)
      for (const limit of [1, 3, 5, 16, 17]) assert.deepEqual(await readAll(room, limit), both.messages)
    })

    test('pages before, after and around a place hold what lies there', async () => {
      const room = await createHistoryRoom(open())
      for (const number of upTo(10)) await room.send(String(number))
      await room.archive()
      await room.forgetLog()
      for (const number of upTo(10)) await room.send(String(10 + number))
      const texts = async (place: Parameters<HistoryRoom['list']>[0], limit: number) => {
        const { messages, has_more } = await room.list(place, limit)
        return [messages.map(({ content }) => Number(content)), has_more]
      }
      assert.deepEqual(await texts({ before: 12 }, 3), [[11, 10, 9], true])
      assert.deepEqual(await texts({ before: 4 }, 3), [[3, 2, 1], false])
      assert.deepEqual(await texts({ after: 8 }, 4), [[12, 11, 10, 9], true])
      assert.deepEqual(await texts({ after: 16 }, 4), [[20, 19, 18, 17], false])
      assert.deepEqual(await texts({ around: 10 }, 5), [[12, 11, 10, 9, 8], true])
      assert.deepEqual(await texts({ around: 1 }, 4), [[3, 2, 1], false])
      assert.deepEqual(await texts({ before: 0 }, 4), [[], false])
    })

    test('who archives late, after another has taken over, puts no old text over new', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const [edited, deleted] = [await room.send('first version'), await room.send('to vanish')]
      const { archive, arrived, go } = pausing(context.archive)
      const late = room.archive(new Archiver({ ...context, archive }))
      await arrived
      await endLeases(context, room.conversationId)
      await room.edit(edited.message_id, 'second version')
      await room.delete(deleted.message_id)
      assert.equal((await room.archive()).size, 1)
      const marks = await findMarks(context.sql, room.conversationId)
      assert.equal(marks.archived_seq, 4)
      go()
      assert.equal((await late).size, 0)
      assert.deepEqual(await findMarks(context.sql, room.conversationId), marks)
      const stored = await context.archive.load([{ conversationId: room.conversationId, seqs: [1, 2] }])
      const bySeq = stored.toSorted((a, b) => a.seq - b.seq).map(({ content }) => content)
      assert.deepEqual(bySeq, ['second version', null])
      await room.forgetLog()
      assert.equal((await findMessage(context, edited.message_id))?.content, 'second version')
    })

    test('who lost his lease and gets it again goes on where the other one stopped', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      for (const number of upTo(5)) await room.send(String(number))
      const { archive, arrived, go } = pausing(context.archive)
      const archiver = new Archiver({ ...context, archive })
      const late = room.archive(archiver)
      await arrived
      await endLeases(context, room.conversationId)
      await room.archive()
      await room.send('6')
      go()
      await late
      assert.equal((await room.archive(archiver)).size, 1)
      assert.equal((await findMarks(context.sql, room.conversationId)).archived_seq, 6)
      await room.forgetLog()
      assert.equal((await room.list()).messages.length, 6)
    })

    test('a conversation that the archive fails for holds up no other, and is told and tried ever less often', async () => {
      const context = open()
      const [poisoned, other] = [await createHistoryRoom(context), await createHistoryRoom(context)]
      await poisoned.send('too large')
      const tries: string[][] = []
      let isBroken = true
      const write: Archive['write'] = async (messages) => {
        const ids = [...new Set(messages.map(({ conversationId }) => conversationId))]
        if (!isBroken || !ids.includes(poisoned.conversationId)) return context.archive.write(messages)
        tries.push(ids)
        throw historyUnavailable(new Error('too large'))
      }
      const archive = { ...context.archive, isAvailable: true, takesWrites: true, write }
      await using _ = runArchiver({ ...context, archive })
      const passes = 6
      for (const number of upTo(passes)) {
        const { seq } = await other.send(String(number))
        await until('the other one is archived', async () => (await archivedSeqOf(context, other)) === seq)
      }
      assert.ok(tries.length <= passes, `${tries.length} tries`)
      assert.ok(
        tries.slice(1).every((ids) => ids.length === 1),
        'once it has failed it is tried alone',
      )
      const told = context.lines.filter(({ message }) => message === 'a conversation stays behind for now')
      assert.ok(told.some(({ conversation_id }) => conversation_id === poisoned.conversationId))
      isBroken = false
      await until('it is archived too', async () => (await archivedSeqOf(context, poisoned)) > 0, 40_000)
    })

    test('what changed in many conversations is looked up in the archive all at once', async () => {
      const context = open()
      const rooms = await Promise.all(upTo(5).map(() => createHistoryRoom(context)))
      for (const room of rooms) {
        const { message_id } = await room.send('before')
        await room.archive()
        await room.edit(message_id, 'after')
      }
      let loads = 0
      const load: Archive['load'] = (places) => {
        loads += 1
        return context.archive.load(places)
      }
      const archive = { ...context.archive, isAvailable: true, takesWrites: true, load }
      const ids = rooms.map(({ conversationId }) => conversationId)
      await new Archiver({ ...context, archive }).archive(ids, new AbortController().signal)
      assert.equal(loads, 1)
      const stored = await context.archive.load(ids.map((conversationId) => ({ conversationId, seqs: [1] })))
      assert.deepEqual(new Set(stored.map(({ conversationId }) => conversationId)), new Set(ids))
      for (const { content, versions } of stored) assert.deepEqual([content, versions.length], ['after', 1])
    })

    test('once the archive takes no writes any more, nothing is tried one by one', async () => {
      const context = open()
      for (const room of await Promise.all(upTo(9).map(() => createHistoryRoom(context)))) await room.send('text')
      let [writes, passes] = [0, 0]
      const archive: Archive = {
        ...context.archive,
        isAvailable: true,
        get takesWrites() {
          passes += writes < 3 ? 0 : 1
          return writes < 3
        },
        async write() {
          writes += 1
          throw historyUnavailable(new Error('the breaker is open'))
        },
      }
      await using _ = runArchiver({ ...context, archive })
      await until('it was its turn again', () => passes >= 3)
      assert.equal(writes, 3)
    })

    test('an edit after the deletion and a second deletion bring nothing back', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const message = await room.send('gone for good')
      await room.archive()
      await room.forgetLog()
      await room.delete(message.message_id)
      await assert.rejects(room.edit(message.message_id, 'back again'))
      const first = await findMessage(context, message.message_id)
      await room.archive()
      await room.forgetLog()
      const again = await room.delete(message.message_id)
      assert.deepEqual(again, (await room.list()).messages[0])
      await assert.rejects(room.edit(message.message_id, 'back again'))
      assert.deepEqual(await findMessage(context, message.message_id), first)
      assert.equal(first?.content, null)
    })

    test('a message that is in neither log nor archive is nowhere', async () => {
      const context = open()
      assert.equal(await findMessage(context, newId()), undefined)
    })
  })
}

suite('the archive beside the search', () => {
  const open = shareContext('Postgres')

  async function isWaitedFor({ sql }: OpenContext): Promise<boolean> {
    const { waiting } = await sql.one(Type.Object({ waiting: Type.Boolean() }))`
      select exists (select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'archive_state') as waiting`
    return waiting
  }

  test('what the search is just looking at is archived as soon as that is done', async () => {
    const context = open()
    const { conversationId, send } = await createHistoryRoom(context)
    await send('text')
    const [held, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const searching = context.sql.transaction(async (tx) => {
      await holdIndexing(tx, conversationId)
      held.resolve()
      await done.promise
    })
    await held.promise
    const archiving = new Archiver(context).archive([conversationId], new AbortController().signal)
    await Promise.race([archiving, until('the archive waits', () => isWaitedFor(context))])
    done.resolve()
    await searching
    assert.deepEqual([...(await archiving)], [conversationId])
  })
})
