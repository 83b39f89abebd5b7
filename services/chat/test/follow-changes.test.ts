import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { newId } from '@secureconnect/sql'
import { followChanges } from '../src/follow-changes.ts'
import { listPending } from '../src/stores/archive-state.ts'
import { listUnindexedConversations } from '../src/stores/index-state.ts'
import { listUnnotified } from '../src/stores/notification-state.ts'
import { createRoom } from './create-room.ts'
import { type OpenContext, openContext } from './history-room.ts'
import { until } from './until.ts'

/** Conversations that change one after the other. */
async function createRooms(context: OpenContext, count: number): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < count) ids.push(await createRoom({ context }, [{ userId: newId() }]))
  return ids
}

async function bringOn({ sql }: OpenContext, ids: readonly string[]): Promise<void> {
  await sql.execute`
    update archive_state set archived_seq = last_seq, indexed_seq = last_seq from conversations
    where conversations.conversation_id = archive_state.conversation_id
      and archive_state.conversation_id = any(${ids}::uuid[])`
  await sql.execute`
    insert into notification_state (conversation_id, notified_seq)
    select conversation_id, last_seq from conversations where conversation_id = any(${ids}::uuid[])
    on conflict (conversation_id) do update set notified_seq = excluded.notified_seq`
}

const followers = { archive: listPending, search: listUnindexedConversations, notifications: listUnnotified }
// Each mostly waits for the next try at what is broken.
suite('who stays behind what is broken', { concurrency: true }, () => {
  for (const [name, list] of Object.entries(followers)) {
    test(`as many as fit into a turn and cannot come to the ${name} keep nobody behind them from it`, async (t) => {
      const context = await openContext(t, 'pglite')
      const ids = await createRooms(context, 205)
      await context.sql.execute`
        update conversations set last_seq = 1, changed_at = clock_timestamp() - interval '1 hour'
        where conversation_id = any(${ids.slice(0, 200)}::uuid[])`
      await context.sql.execute`
        update conversations set last_seq = 1, changed_at = clock_timestamp()
        where conversation_id = any(${ids.slice(200)}::uuid[])`
      const broken = new Set(ids.slice(0, 200))
      const done = new Set<string>()
      await using _ = followChanges({
        name,
        sql: context.sql,
        log: context.log,
        listPending: (changes) => list(context.sql, changes),
        isAway: () => false,
        async bringOn(some) {
          if (some.some((id) => broken.has(id))) throw new Error('broken')
          await bringOn(context, some)
          for (const id of some) done.add(id)
          return new Set(some)
        },
      })
      await until('those behind come on', () => done.size === 5)
      broken.clear()
      await until('all come on', () => done.size === 205, 60_000)
    })
  }
})

test('what is told apart comes first, and counts as behind, however long ago it changed', async (t) => {
  const context = await openContext(t, 'pglite')
  const ids = await createRooms(context, 3)
  await context.sql.execute`update conversations set last_seq = 5 where conversation_id = any(${ids}::uuid[])`
  const apart = ids.slice(2)
  const since = (hours: number) => new Date(Date.now() + hours * 3_600_000)
  for (const list of Object.values(followers)) {
    const [first, ...others] = await list(context.sql, { since: since(-1), apart, rows: 10 })
    assert.deepEqual([first?.conversation_id, others.length], [ids[2], 2])
    const old = await list(context.sql, { since: since(1), apart, rows: 10 })
    assert.deepEqual(
      old.map(({ conversation_id, lag }) => [conversation_id, lag]),
      [[ids[2], 5]],
    )
  }
})
