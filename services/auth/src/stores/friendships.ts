import { RequestDirection as Direction, type RequestDirection } from '@secureconnect/protocol'
import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { ProfileRow } from './people.ts'

const State = Type.Union([Type.Literal('requested'), Type.Literal('friends'), Type.Literal('rejected')])

const FriendshipRow = Type.Object({
  low_id: column.id,
  high_id: column.id,
  state: State,
  asked_by: column.id,
  changed_at: column.timestamp,
})
export type FriendshipRow = Static<typeof FriendshipRow>

/** What is between two people, if anything ever was; their accounts are held. */
export function findFriendship(tx: Transaction, a: string, b: string): Promise<FriendshipRow | undefined> {
  return tx.maybeOne(FriendshipRow)`
    select * from friendships
    where low_id = least(${a}::uuid, ${b}::uuid) and high_id = greatest(${a}::uuid, ${b}::uuid)`
}

type Change = { a: string; b: string; askedBy: string; state: FriendshipRow['state'] }

export async function saveFriendship(tx: Transaction, { a, b, askedBy, state }: Change): Promise<void> {
  await tx.execute`
    insert into friendships (low_id, high_id, state, asked_by, request_id, changed_at)
    values (least(${a}::uuid, ${b}::uuid), greatest(${a}::uuid, ${b}::uuid), ${state}, ${askedBy}, ${newId()}, now())
    on conflict (low_id, high_id) do update
      set state = excluded.state, asked_by = excluded.asked_by, request_id = excluded.request_id,
        changed_at = excluded.changed_at`
}

/** Ends a friendship, or takes back a request of the caller's; a rejection stays, or he could ask again at once. */
export async function removeFriendship(sql: Queries, callerId: string, otherId: string): Promise<boolean> {
  const removed = await sql.execute`
    delete from friendships
    where low_id = least(${callerId}::uuid, ${otherId}::uuid) and high_id = greatest(${callerId}::uuid, ${otherId}::uuid)
      and (state = 'friends' or (state = 'requested' and asked_by = ${callerId}))`
  return removed === 1
}

/** Ends whatever is between two people, but for a rejection; their accounts are held. */
export async function separate(tx: Transaction, a: string, b: string): Promise<void> {
  await tx.execute`
    delete from friendships
    where low_id = least(${a}::uuid, ${b}::uuid) and high_id = greatest(${a}::uuid, ${b}::uuid) and state <> 'rejected'`
}

const Counts = Type.Object({ friends: column.integer, sent: column.integer, waiting: column.integer })

/** How many friends somebody has, and how many requests are open that he sent or received. */
export function countRelations(tx: Transaction, userId: string): Promise<Static<typeof Counts>> {
  return tx.one(Counts)`
    select count(*) filter (where state = 'friends') as friends,
      count(*) filter (where state = 'requested' and asked_by = ${userId}) as sent,
      count(*) filter (where state = 'requested' and asked_by <> ${userId}) as waiting
    from friendships where low_id = ${userId} or high_id = ${userId}`
}

const FriendRow = Type.Object({ ...ProfileRow.properties, changed_at: column.timestamp })
export type FriendRow = Static<typeof FriendRow>

type ByUsername = { userId: string; after: { key: string } | undefined; rows: number }

/** Somebody's friends, by username. */
export function listFriends(sql: Queries, { userId, after, rows }: ByUsername): Promise<FriendRow[]> {
  return sql.many(FriendRow)`
    select users.user_id, username, display_name, avatar_url, avatar_file_id, username_key, changed_at
    from friendships join users on users.user_id = case when low_id = ${userId} then high_id else low_id end
    where (low_id = ${userId} or high_id = ${userId}) and state = 'friends' and erasing_at is null
      and username_key > ${after?.key ?? ''}
    order by username_key
    limit ${rows}`
}

const RequestRow = Type.Object({ ...FriendRow.properties, request_id: column.id, direction: Direction })
export type RequestRow = Static<typeof RequestRow>

type Requests = {
  userId: string
  direction: RequestDirection | undefined
  after: { id: string } | undefined
  rows: number
}

/** Requests of and to somebody that nobody answered yet, newest first. */
export function listRequests(sql: Queries, { userId, direction, after, rows }: Requests): Promise<RequestRow[]> {
  return sql.many(RequestRow)`
    with open as (
      select friendships.*, case when low_id = ${userId} then high_id else low_id end as other_id,
        case when asked_by = ${userId} then 'out' else 'in' end as direction
      from friendships where (low_id = ${userId} or high_id = ${userId}) and state = 'requested'
    )
    select users.user_id, username, display_name, avatar_url, avatar_file_id, username_key, changed_at, request_id, direction
    from open join users on users.user_id = other_id
    where erasing_at is null and (${direction ?? null}::text is null or direction = ${direction ?? null})
      and (${after?.id ?? null}::uuid is null or request_id < ${after?.id ?? null}::uuid)
    order by request_id desc
    limit ${rows}`
}
