import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '@secureconnect/sql'
import { listChangedHeads } from '../src/stores/live.ts'
import { createPerson, startChat } from './test-chat.ts'
import { until } from './until.ts'

/** More than are asked about at a time. */
const served = 1_100

test('of however many conversations a process serves, each is found that nobody told of, and no other is read', async (t) => {
  const chat = await startChat(t, 'postgres')
  const { sql, audience } = chat.context
  const { userId } = await createPerson(chat)
  const [own, others] = [Array.from({ length: served }, newId), Array.from({ length: served }, newId)]
  await sql.execute`
    insert into conversations (conversation_id, type, created_by, member_count)
    select id, 'group', ${userId}, 1 from unnest(${[...own, ...others]}::uuid[]) as id`
  const feeds = await Promise.all(own.map((id) => audience.feeds.open(id)))
  await sql.execute`
    insert into conversation_log (conversation_id, seq, log_epoch, kind, actor_id, message_id, number, content, data)
    select id, 1, 1, 'message.created', ${userId}, gen_random_uuid(), 1, 'untold',
      '{"message_type": "text", "is_encrypted": false, "metadata": {}}'
    from unnest(${[...own, ...others]}::uuid[]) as id`
  await sql.execute`
    update conversations set last_seq = 1, changed_at = clock_timestamp()
    where conversation_id = any(${[...own, ...others]}::uuid[])`
  const heads = await listChangedHeads(sql, { conversationIds: own, seconds: 60 })
  assert.deepEqual(heads.map(({ conversation_id }) => conversation_id).toSorted(), own.toSorted())
  assert.deepEqual(await listChangedHeads(sql, { conversationIds: own, seconds: 0 }), [])
  await until('every feed goes on', () => feeds.every((feed) => feed?.lastSeq === 1))
  assert.ok(others.every((id) => audience.feeds.find(id) === undefined))
})
