import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { column, type Sql } from '@secureconnect/sql'
import { scale } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { expireSome } from '../src/history/expire-messages.ts'
import { indexConversations } from '../src/search/index-conversations.ts'
import { runIndexer } from '../src/search/run-indexer.ts'
import { moveHistoryStart } from '../src/stores/retention.ts'
import { findText } from './find-text.ts'
import { allKeepings, createHistoryRoom, type HistoryRoom, type OpenContext, shareContext } from './history-room.ts'
import { letExpire } from './let-expire.ts'
import { pausing } from './pausing.ts'
import { until } from './until.ts'

const goOn = new AbortController().signal
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** A word that stands nowhere else, as the search keeps it too. */
const createCanary = () => `CANARY${randomBytes(8).toString('hex').toUpperCase()}`

const textsOf = ({ hits }: Awaited<ReturnType<HistoryRoom['find']>>) => hits.map(({ message }) => message.content)

const Entry = Type.Object({ seq: column.integer })
const listEntries = ({ sql }: OpenContext, { conversationId }: HistoryRoom) =>
  sql.many(Entry)`select seq from search_entries where conversation_id = ${conversationId} order by seq`

const Cursor = Type.Object({ indexed_seq: column.integer })
const findCursor = ({ sql }: OpenContext, { conversationId }: HistoryRoom) =>
  sql.one(Cursor)`select indexed_seq from archive_state where conversation_id = ${conversationId}`

for (const keeping of allKeepings) {
  suite(`the search index on ${keeping}`, () => {
    const open = shareContext(keeping)

    test('deleted text is in no table but the archive from the commit on, and soon not there', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const canary = createCanary()
      const message = await room.send(`the ${canary} sings`)
      await room.index()
      assert.ok((await findText(context.sql, canary)).includes('search_entries'))
      await room.archive()
      await room.delete(message.message_id)
      const left = (await findText(context.sql, canary)).filter((table) => table !== 'archived_messages')
      assert.deepEqual(left, [])
      assert.deepEqual(textsOf(await room.find(canary)), [])
      await room.index()
      await room.archive()
      assert.deepEqual(await findText(context.sql, canary), [])
    })

    test('an indexer that is about to add a message while it is deleted does not bring it back', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const canary = createCanary()
      const message = await room.send(canary)
      await room.send('stays')
      const late = pausing(context.sql)
      const indexing = indexConversations({ ...context, sql: late.sql }, [room.conversationId], goOn)
      await late.arrived
      const deleting = room.delete(message.message_id)
      // It waits for the indexer; one that does not has time to go by it.
      await Promise.race([deleting, delay(300)])
      late.go()
      await Promise.all([indexing, deleting])
      assert.deepEqual(await listEntries(context, room), [{ seq: 2 }])
      await room.index()
      assert.deepEqual(await findText(context.sql, canary), [])
    })

    test('what was deleted or edited before it was indexed is never found by its first text', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const [deleted, edited] = [await room.send('apple one'), await room.send('apple two')]
      await room.send('apple three')
      await room.delete(deleted.message_id)
      await room.edit(edited.message_id, 'pear two')
      await room.index()
      assert.deepEqual(textsOf(await room.find('apple')), ['apple three'])
      assert.deepEqual(textsOf(await room.find('pear')), ['pear two'])
      assert.deepEqual(await listEntries(context, room), [{ seq: 2 }, { seq: 3 }])
    })

    test('an edited message is not found by its earlier words at once, and by the new ones once they are indexed', async () => {
      const room = await createHistoryRoom(open())
      const message = await room.send('meet at noon')
      await room.index()
      await room.edit(message.message_id, 'meet at dawn')
      assert.deepEqual(textsOf(await room.find('noon')), [])
      assert.deepEqual(textsOf(await room.find('meet')), ['meet at dawn'])
      await room.index()
      assert.deepEqual(textsOf(await room.find('dawn')), ['meet at dawn'])
    })

    test('what left the log is found as it is now, and by what it says since it was edited', async () => {
      const room = await createHistoryRoom(open())
      const sent = []
      for (const number of upTo(6)) sent.push(await room.send(`garden ${number}`))
      await room.index()
      await room.archive()
      await room.forgetLog()
      await room.send('garden 7')
      await room.edit(sent[1]?.message_id ?? '', 'orchard 2')
      await room.delete(sent[3]?.message_id ?? '')
      await room.index()
      const expected = ['garden 7', 'garden 6', 'garden 5', 'garden 3', 'garden 1']
      assert.deepEqual(textsOf(await room.find('garden')), expected)
      assert.deepEqual(textsOf(await room.find('orchard')), ['orchard 2'])
      await room.archive()
      await room.forgetLog()
      assert.deepEqual(textsOf(await room.find('garden')), expected)
    })

    test('an indexer that is killed before its commit leaves nothing, and the next one everything', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      await room.send('not lost')
      const transaction: Sql['transaction'] = (work) =>
        context.sql.background.transaction(async (tx) => {
          await work(tx)
          throw new Error('killed')
        })
      const sql = { ...context.sql, background: { ...context.sql.background, transaction } }
      await assert.rejects(indexConversations({ sql }, [room.conversationId], goOn), /killed/)
      assert.deepEqual([await listEntries(context, room), await findCursor(context, room)], [[], { indexed_seq: 0 }])
      await room.index()
      await room.index()
      assert.deepEqual(textsOf(await room.find('lost')), ['not lost'])
      assert.deepEqual(await listEntries(context, room), [{ seq: 1 }])
    })

    test('indexers of several processes at once find each message once, and miss none', async () => {
      const context = open()
      const rooms = await Promise.all(upTo(8).map(() => createHistoryRoom(context)))
      const ids = rooms.map(({ conversationId }) => conversationId)
      const messagesEach = scale(1_000, 150)
      for (const room of rooms) {
        await Promise.all(upTo(messagesEach).map((number) => room.send(`number ${number}`)))
      }
      const missing = new Set(ids)
      while (missing.size > 0) {
        const done = await Promise.all(upTo(3).map(() => indexConversations(context, [...missing], goOn)))
        for (const id of done.flatMap((some) => [...some])) missing.delete(id)
      }
      for (const room of rooms) {
        assert.deepEqual(
          (await listEntries(context, room)).map(({ seq }) => seq),
          upTo(messagesEach),
        )
        assert.deepEqual(textsOf(await room.find(`"number ${messagesEach}"`)), [`number ${messagesEach}`])
      }
    })

    test('an expired message is found no longer, before anything says that it is deleted, and leaves the index then', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      const message = await room.send('for a moment', { expires_in_seconds: 60 })
      await room.index()
      assert.equal(textsOf(await room.find('moment')).length, 1)
      await letExpire(context, message)
      assert.deepEqual(textsOf(await room.find('moment')), [])
      await expireSome(context, room.conversationId)
      assert.deepEqual(await listEntries(context, room), [])
    })

    test('what retention hides leaves the search with it, also what was not indexed yet', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      for (const number of upTo(3)) await room.send(`kept ${number}`)
      await room.index()
      for (const number of [4, 5]) await room.send(`kept ${number}`)
      const { conversationId } = room
      await context.sql.transaction((tx) => moveHistoryStart(tx, { conversationId, afterSeq: 0, throughSeq: 4 }))
      assert.deepEqual(await listEntries(context, room), [])
      await room.index()
      assert.deepEqual(textsOf(await room.find('kept')), ['kept 5'])
      assert.deepEqual(await listEntries(context, room), [{ seq: 5 }])
    })

    test('from its encryption on nothing of a conversation is found, and its words go', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      await room.send('once in the clear')
      await room.index()
      const { conversationId } = room
      await context.sql.execute`
        update conversations set is_e2ee_enabled = true where conversation_id = ${conversationId}`
      assert.deepEqual(textsOf(await room.find('clear')), [])
      await until('its words are gone', async () => {
        await room.index()
        return (await listEntries(context, room)).length === 0
      })
    })

    test('one conversation that cannot be indexed keeps no other from it, and is told', async () => {
      const context = open()
      const [broken, whole] = [await createHistoryRoom(context), await createHistoryRoom(context)]
      await broken.send('never mind')
      await whole.send('still found')
      await context.sql.execute`
        update conversation_log set data = '{}'::jsonb where conversation_id = ${broken.conversationId}`
      await using _ = runIndexer(context)
      await until('the other one is found', async () => textsOf(await whole.find('found')).length === 1)
      const told = context.lines.findLast(({ message }) => message === 'a conversation stays behind for now')
      assert.equal(told?.conversation_id, broken.conversationId)
    })

    test('a text of ten thousand different words is found by the first thousand of them', async () => {
      const room = await createHistoryRoom(open())
      await room.send(
        upTo(2_000)
          .map((number) => number.toString(36))
          .join(' '),
      )
      await room.index()
      assert.equal(textsOf(await room.find(`"${(1_000).toString(36)}"`)).length, 1)
      assert.equal(textsOf(await room.find(`"${(1_001).toString(36)}"`)).length, 0)
    })
  })
}
