import { newId } from '@secureconnect/sql'
import type { Chat, Person } from './test-chat.ts'

type Room = { type?: 'direct' | 'group'; isEncrypted?: boolean; ttlSeconds?: number }

/** A conversation, straight in the database: for tests that are about what is sent there. */
export async function createRoom(
  { context: { sql } }: Pick<Chat, 'context'>,
  people: readonly Pick<Person, 'userId'>[],
  room: Room = {},
): Promise<string> {
  const { type = 'group', isEncrypted = false, ttlSeconds = null } = room
  const id = newId()
  const ids = people.map(({ userId }) => userId)
  const pair = type === 'direct' ? ids.toSorted().join(':') : null
  await sql.execute`
    insert into conversations (conversation_id, type, pair, created_by, is_e2ee_enabled, message_ttl_seconds, member_count)
    values (${id}, ${type}, ${pair}, ${ids[0] ?? id}, ${isEncrypted}, ${ttlSeconds}, ${ids.length})`
  await sql.execute`insert into archive_state (conversation_id) values (${id})`
  await sql.execute`
    insert into members (conversation_id, user_id, role, visible_from)
    select ${id}, user_id, ${'member'}, 1 from unnest(${ids}::uuid[]) as user_id`
  return id
}
