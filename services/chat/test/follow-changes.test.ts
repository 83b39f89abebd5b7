import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { newId, type Queries } from '@secureconnect/sql'
import { followChanges } from '../src/follow-changes.ts'
import { type Changes, listPending, type Pending } from '../src/stores/archive-state.ts'
import { listUnindexedConversations } from '../src/stores/index-state.ts'
import { listUnnotified } from '../src/stores/notification-state.ts'
import { type OpenContext, openContext, shareContext } from './history-room.ts'
import { until } from './until.ts'

/** Conversations that nothing was said in, in the order of their ids. */
async function createRooms({ sql }: OpenContext, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId)
  await sql.execute`
    insert into conversations (conversation_id, type, created_by, member_count)
    select id, 'group', id, 0 from unnest(${ids}::uuid[]) as id`
  await sql.execute`insert into archive_state (conversation_id) select id from unnest(${ids}::uuid[]) as id`
  return ids
}

type Follower = {
  list: (sql: Queries, changes: Changes) => Promise<Pending[]>
  bringOn: (sql: Queries, ids: readonly string[]) => Promise<unknown>
}

/** Who follows what happens in conversations, each as far as it has come. */
const followers: Readonly<Record<string, Follower>> = {
  archive: {
    list: listPending,
    bringOn: (sql, ids) => sql.execute`
      update archive_state set archived_seq = last_seq from conversations
      where conversations.conversation_id = archive_state.conversation_id
        and archive_state.conversation_id = any(${ids}::uuid[])`,
  },
  search: {
    list: listUnindexedConversations,
    bringOn: (sql, ids) => sql.execute`
      update archive_state set indexed_seq = last_seq from conversations
      where conversations.conversation_id = archive_state.conversation_id
        and archive_state.conversation_id = any(${ids}::uuid[])`,
  },
  notifications: {
    list: listUnnotified,
    bringOn: (sql, ids) => sql.execute`
      insert into notification_state (conversation_id, notified_seq)
      select conversation_id, last_seq from conversations where conversation_id = any(${ids}::uuid[])
      on conflict (conversation_id) do update set notified_seq = excluded.notified_seq`,
  },
}

// Each mostly waits for the next try at what is broken.
suite('who stays behind what is broken', { concurrency: true }, () => {
  const open = shareContext('Postgres')
  let ids: string[] = []
  before(async () => {
    const { sql } = open()
    ids = await createRooms(open(), 205)
    await sql.execute`
      update conversations set last_seq = 1, changed_at = clock_timestamp() - interval '1 hour'
      where conversation_id = any(${ids.slice(0, 200)}::uuid[])`
    await sql.execute`
      update conversations set last_seq = 1, changed_at = clock_timestamp()
      where conversation_id = any(${ids.slice(200)}::uuid[])`
  })

  for (const [name, { list, bringOn }] of Object.entries(followers)) {
    test(`as many as fit into a turn and cannot come to the ${name} keep nobody behind them from it`, async () => {
      const { sql, log } = open()
      const broken = new Set(ids.slice(0, 200))
      const done = new Set<string>()
      await using _ = followChanges({
        name,
        sql,
        log,
        everyMs: 100,
        listPending: (changes) => list(sql, changes),
        isAway: () => false,
        async bringOn(some) {
          if (some.some((id) => broken.has(id))) throw new Error('broken')
          await bringOn(sql, some)
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
  const context = await openContext(t, 'postgres')
  const ids = await createRooms(context, 3)
  await context.sql.execute`update conversations set last_seq = 5 where conversation_id = any(${ids}::uuid[])`
  const apart = ids.slice(2)
  const since = (hours: number) => new Date(Date.now() + hours * 3_600_000)
  for (const { list } of Object.values(followers)) {
    const [first, ...others] = await list(context.sql, { since: since(-1), apart, rows: 10 })
    assert.deepEqual([first?.conversation_id, others.length], [ids[2], 2])
    const old = await list(context.sql, { since: since(1), apart, rows: 10 })
    assert.deepEqual(
      old.map(({ conversation_id, lag }) => [conversation_id, lag]),
      [[ids[2], 5]],
    )
  }
})
