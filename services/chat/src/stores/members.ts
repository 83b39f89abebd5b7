import { MemberRole, type NotificationLevel } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const Membership = Type.Object({
  conversation_id: column.id,
  user_id: column.id,
  role: MemberRole,
  visible_from: column.integer,
  read_seq: column.integer,
  read_number: column.integer,
})

/** That somebody is in a conversation now. */
export type Membership = Static<typeof Membership>

/** The membership of somebody who is in a conversation now; who left counts as a stranger. */
export function findMembership(
  sql: Queries,
  { conversationId, userId }: { conversationId: string; userId: string },
): Promise<Membership | undefined> {
  return sql.maybeOne(Membership)`
    select conversation_id, user_id, role, visible_from, read_seq, read_number
    from members where conversation_id = ${conversationId} and user_id = ${userId} and left_at is null`
}

export type Place = { conversationId: string; userId: string }
export type NewMember = { userId: string; role: MemberRole }

type Newcomers = {
  conversationId: string
  people: readonly NewMember[]
  visibleFrom: number
  /** What was there before they came is not unread to them. */
  readSeq: number
  readNumber: number
}

/** Adds people to a conversation; who was in it before begins anew. */
export async function addMembers(tx: Transaction, newcomers: Newcomers): Promise<void> {
  const { conversationId, people, visibleFrom, readSeq, readNumber } = newcomers
  await tx.execute`
    insert into members (conversation_id, user_id, role, visible_from, read_seq, read_number, delivered_seq)
    select ${conversationId}, "userId", role, ${visibleFrom}, ${readSeq}, ${readNumber}, ${readSeq}
    from jsonb_to_recordset(${json(people)}::jsonb) as added ("userId" uuid, role text)
    on conflict (conversation_id, user_id) do update set role = excluded.role, left_at = null,
      joined_at = clock_timestamp(), changed_at = clock_timestamp(), visible_from = excluded.visible_from,
      read_seq = excluded.read_seq, read_number = excluded.read_number, delivered_seq = excluded.delivered_seq,
      notification_level = 'all',
      notification_until = null`
  await countMembers(tx, conversationId)
}

/** Ends memberships; their rows stay for a while, so that devices that were away hear of it. */
export async function endMemberships(
  tx: Transaction,
  { conversationId, userIds }: { conversationId: string; userIds: readonly string[] },
): Promise<void> {
  await tx.execute`
    update members set left_at = clock_timestamp(), changed_at = clock_timestamp()
    where conversation_id = ${conversationId} and user_id = any(${userIds}::uuid[]) and left_at is null`
  await countMembers(tx, conversationId)
}

async function countMembers(tx: Transaction, conversationId: string): Promise<void> {
  await tx.execute`
    update conversations set member_count = (
      select count(*) from members where members.conversation_id = conversations.conversation_id and left_at is null
    ) where conversation_id = ${conversationId}`
}

const MemberRow = Type.Object({
  user_id: column.id,
  role: MemberRole,
  joined_at: column.timestamp,
  joined_us: column.integer,
})
export type MemberRow = Static<typeof MemberRow>

type ByJoining = {
  conversationId: string
  /** The last one of the page before. */
  after: { us: number; id: string } | undefined
  rows: number
}

/** Who is in a conversation, by when they joined. */
export function listMembers(sql: Queries, { conversationId, after, rows }: ByJoining): Promise<MemberRow[]> {
  return sql.many(MemberRow)`
    with current as (
      select user_id, role, joined_at, (extract(epoch from joined_at) * 1000000)::bigint as joined_us
      from members where conversation_id = ${conversationId} and left_at is null
    )
    select * from current
    where ${after?.us ?? null}::bigint is null
      or (joined_us, user_id) > (${after?.us ?? null}::bigint, ${after?.id ?? null}::uuid)
    order by joined_us, user_id
    limit ${rows}`
}

/** Those of some people who are in a conversation, by when they joined. */
export function listMembersAmong(
  sql: Queries,
  { conversationId, userIds }: { conversationId: string; userIds: readonly string[] },
): Promise<MemberRow[]> {
  return sql.many(MemberRow)`
    select user_id, role, joined_at, (extract(epoch from joined_at) * 1000000)::bigint as joined_us
    from members
    where conversation_id = ${conversationId} and user_id = any(${userIds}::uuid[]) and left_at is null
    order by joined_us, user_id`
}

const Busy = Type.Object({ user_id: column.id, conversations: column.integer })

/** Those of some people who are in so many conversations or more. */
export function listBusyPeople(
  sql: Queries,
  userIds: readonly string[],
  atLeast: number,
): Promise<Static<typeof Busy>[]> {
  return sql.many(Busy)`
    select user_id, count(*) as conversations from members
    where user_id = any(${userIds}::uuid[]) and left_at is null
    group by user_id having count(*) >= ${atLeast}`
}

type WithRole = Place & { role: MemberRole }

export async function setRole(tx: Transaction, { conversationId, userId, role }: WithRole): Promise<void> {
  await tx.execute`
    update members set role = ${role}, changed_at = clock_timestamp()
    where conversation_id = ${conversationId} and user_id = ${userId}`
}

/** Who follows an owner: the longest-standing admin, or else member. */
export function findSuccessor(tx: Transaction, conversationId: string): Promise<MemberRow | undefined> {
  return tx.maybeOne(MemberRow)`
    select user_id, role, joined_at, (extract(epoch from joined_at) * 1000000)::bigint as joined_us
    from members where conversation_id = ${conversationId} and left_at is null
    order by role = 'admin' desc, joined_at, user_id limit 1`
}

type Notifications = Place & { level: NotificationLevel; until: Date | null }

export async function saveNotifications(sql: Queries, notifications: Notifications): Promise<void> {
  const { conversationId, userId, level, until } = notifications
  await sql.execute`
    update members set notification_level = ${level}, notification_until = ${until}, changed_at = clock_timestamp()
    where conversation_id = ${conversationId} and user_id = ${userId}`
}
