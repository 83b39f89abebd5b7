import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { column } from '@secureconnect/sql'
import { Type } from 'typebox'
import { indexArchive, indexArchived } from '../src/search/index-archived.ts'
import { loadScope } from '../src/stores/search-scope.ts'
import { listUnsearched } from '../src/stores/unsearched.ts'
import { allKeepings, createHistoryRoom, type HistoryRoom, type OpenContext, shareContext } from './history-room.ts'
import { until } from './until.ts'

const lowestId = '00000000-0000-0000-0000-000000000000'
const textsOf = ({ hits }: Awaited<ReturnType<HistoryRoom['find']>>) => hits.map(({ message }) => message.content)

/** As if all that was sent so far had left the log before there was a search. */
async function leaveUnsearched({ sql }: OpenContext, room: HistoryRoom): Promise<void> {
  await room.index()
  await room.archive()
  await room.forgetLog()
  await sql.execute`delete from search_entries where conversation_id = ${room.conversationId}`
  await sql.execute`
    update archive_state set unsearched_seq = log_start where conversation_id = ${room.conversationId}`
}

async function getUnsearched({ sql }: OpenContext, { conversationId }: HistoryRoom) {
  const all = await listUnsearched(sql, lowestId, 1_000)
  const found = all.find((one) => one.conversation_id === conversationId)
  assert.ok(found)
  return found
}

for (const keeping of allKeepings) {
  suite(`the search for what was archived before it on ${keeping}`, () => {
    const open = shareContext(keeping)

    test('what left the log before there was a search is found after a while, and the search tells what is missing', async () => {
      const context = open()
      const [room, other] = [await createHistoryRoom(context), await createHistoryRoom(context)]
      for (const text of ['an old tree', 'a tree to fell', 'one more tree']) await room.send(text)
      await other.send('an older tree')
      const [first, second] = (await room.list()).messages.toReversed()
      assert.ok(first && second)
      for (const one of [room, other]) await leaveUnsearched(context, one)
      assert.deepEqual(textsOf(await room.find('tree')), [])
      assert.equal((await loadScope(context.sql, { ...room })).index_lag_events, 3)
      await room.edit(first.message_id, 'an old oak')
      await room.delete(second.message_id)
      await room.index()
      await using _ = indexArchive(context)
      await until('all is found', async () => {
        const found = [...textsOf(await room.find('tree')), ...textsOf(await other.find('tree'))]
        return found.length === 2
      })
      assert.deepEqual(textsOf(await room.find('tree')), ['one more tree'])
      assert.deepEqual(textsOf(await room.find('oak')), ['an old oak'])
      assert.equal((await loadScope(context.sql, { ...room })).index_lag_events, 0)
    })

    test('it goes on where it stopped, the newest first, and twice at once does no harm', async () => {
      const context = open()
      const room = await createHistoryRoom(context)
      for (const text of ['first tree', 'second tree', 'third tree']) await room.send(text)
      await leaveUnsearched(context, room)
      const seen = await getUnsearched(context, room)
      await Promise.all([indexArchived(context, seen, 2), indexArchived(context, seen, 2)])
      assert.deepEqual(textsOf(await room.find('tree')), ['third tree', 'second tree'])
      await indexArchived(context, await getUnsearched(context, room), 2)
      assert.deepEqual(textsOf(await room.find('tree')), ['third tree', 'second tree', 'first tree'])
    })

    test('what is deleted, hidden or encrypted while the archive is read does not come into the search', async () => {
      const context = open()
      const Words = Type.Object({ seq: column.integer })
      const listEntries = ({ conversationId }: HistoryRoom) =>
        context.sql.many(Words)`select seq from search_entries where conversation_id = ${conversationId}`
      const [kept, hidden, secret] = [
        await createHistoryRoom(context),
        await createHistoryRoom(context),
        await createHistoryRoom(context),
      ]
      for (const room of [kept, hidden, secret]) await room.send('a tree')
      const [message] = (await kept.list()).messages
      assert.ok(message)
      for (const room of [kept, hidden, secret]) await leaveUnsearched(context, room)
      const { archive } = context
      const meanwhile: readonly (readonly [HistoryRoom, () => Promise<unknown>])[] = [
        [kept, () => kept.delete(message.message_id)],
        [
          hidden,
          () => context.sql.execute`
            update conversations set history_start_seq = last_seq where conversation_id = ${hidden.conversationId}`,
        ],
        [
          secret,
          () => context.sql.execute`
            update conversations set is_e2ee_enabled = true where conversation_id = ${secret.conversationId}`,
        ],
      ]
      for (const [room, change] of meanwhile) {
        const list: typeof archive.list = async (range) => {
          const page = await archive.list(range)
          await change()
          return page
        }
        const late = { ...context, archive: { ...archive, isAvailable: true, takesWrites: true, list } }
        await indexArchived(late, await getUnsearched(context, room))
        assert.deepEqual(await listEntries(room), [])
        assert.ok(
          !(await listUnsearched(context.sql, lowestId, 1_000)).some(
            ({ conversation_id }) => conversation_id === room.conversationId,
          ),
        )
      }
    })
  })
}
