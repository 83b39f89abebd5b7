import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { newId, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { createDraft } from '../src/log/draft.ts'
import { sendBatch } from '../src/log/send-batch.ts'
import { listUnarchived } from '../src/stores/archive-state.ts'
import { listUnindexed } from '../src/stores/index-state.ts'
import { listStandings } from '../src/stores/live.ts'
import { listNotable } from '../src/stores/notification-state.ts'
import { listViews } from '../src/stores/views.ts'
import { createRoom } from './create-room.ts'
import { createPerson, type Person, shareChat } from './test-chat.ts'

const others = 3_000
/** Postgres plans a prepared statement anew five times, then keeps a plan that is as good. */
const usesUntilPlanIsKept = 7

suite('what is looked up in tables of some size', () => {
  const shared = shareChat('postgres')

  /** A room of one person, in a database with many members and earlier sends. */
  async function createOneOfMany(person: Person): Promise<string> {
    const { sql } = shared().context
    const ids = Array.from({ length: others }, newId)
    const room = await createRoom(shared(), [person])
    await sql.execute`
      insert into conversations (conversation_id, type, created_by, member_count)
      select id, 'group', id, 1 from unnest(${ids}::uuid[]) as id`
    await sql.execute`
      insert into members (conversation_id, user_id, role, visible_from)
      select id, id, 'member', 0 from unnest(${ids}::uuid[]) as id`
    await sql.execute`
      insert into sends (conversation_id, sender_id, client_id, message_id, seq, body_hash)
      select id, id, id::text, id, 1, '' from unnest(${ids}::uuid[]) as id`
    await sql.execute`
      insert into conversation_log (conversation_id, seq, log_epoch, kind, actor_id, message_id, number, content, data)
      select id, 1, 1, 'message.created', id, id, 1, repeat('x', 256), '{}' from unnest(${ids}::uuid[]) as id`
    return room
  }

  /** How many rows of tables were read one after the other, instead of by an index. */
  async function countScanned(work: (tx: Transaction) => Promise<unknown>): Promise<number> {
    return shared().context.sql.transaction(async (tx) => {
      await work(tx)
      const { scanned } = await tx.one(Type.Object({ scanned: Type.Integer() }))`
        select sum(seq_tup_read)::bigint as scanned from pg_stat_xact_user_tables
        where relname in ('members', 'sends', 'conversations', 'conversation_log')`
      return scanned
    })
  }

  test('nothing is read of conversations that a request is not about', async () => {
    const person = await createPerson(shared())
    const conversationId = await createOneOfMany(person)
    const { userId } = person
    const body = { conversation_id: conversationId, content: 'hello', message_type: 'text' } as const
    for (let use = 0; use < usesUntilPlanIsKept; use++) {
      const drafts = [1, 2, 3].map(() => createDraft({ body, senderId: userId }))
      assert.equal(await countScanned((tx) => sendBatch(tx, { drafts, waits: false })), 0)
    }
    assert.equal(await countScanned((tx) => listViews(tx, [{ conversationId, userId }])), 0)
    assert.equal(await countScanned((tx) => listStandings(tx, [{ conversationId, userId }])), 0)
  })

  test('nothing is read of conversations that what follows behind the log is not at', async () => {
    const conversation_id = await createOneOfMany(await createPerson(shared()))
    const [rows, last_seq, at] = [500, 9, { conversation_id, archived_seq: 0, indexed_seq: 0, notified_seq: 0 }]
    const cursor = { ...at, last_seq, is_e2ee_enabled: false, type: 'group' } as const
    assert.equal(await countScanned((tx) => listUnarchived(tx, [at], rows)), 0)
    assert.equal(await countScanned((tx) => listUnindexed(tx, [cursor], rows)), 0)
    const kinds = ['message.created']
    assert.equal(await countScanned((tx) => listNotable(tx, { stretches: [cursor], kinds, rows })), 0)
  })
})
