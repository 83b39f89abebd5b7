import { PollOption, PollType } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const PollRow = Type.Object({
  poll_id: column.id,
  conversation_id: column.id,
  seq: column.integer,
  created_by: column.id,
  question: column.text,
  options: Type.Array(PollOption),
  poll_type: PollType,
  allow_vote_change: column.flag,
  expires_at: column.nullable(column.timestamp),
  /** Also of one whose time is up, which nobody has closed yet. */
  closed_at: column.nullable(column.timestamp),
  created_at: column.timestamp,
})

/** A poll as it is at this moment, without its votes. */
export type PollRow = Static<typeof PollRow>

const Times = Type.Object({ vanishes_at: column.nullable(column.timestamp) })

/** Adds a poll; answers when it vanishes, where what is said there does. */
export async function insertPoll(
  tx: Transaction,
  poll: Omit<PollRow, 'closed_at' | 'created_at'> & { ttlSeconds: number | null },
): Promise<Date | null> {
  const { poll_id, conversation_id, seq, created_by, question, options, ttlSeconds } = poll
  const { vanishes_at } = await tx.one(Times)`
    insert into polls (poll_id, conversation_id, seq, created_by, question, options, poll_type, allow_vote_change,
      expires_at, vanishes_at, created_at)
    values (${poll_id}, ${conversation_id}, ${seq}, ${created_by}, ${question}, ${json(options)}::jsonb,
      ${poll.poll_type}, ${poll.allow_vote_change}, ${poll.expires_at},
      clock_timestamp() + ${ttlSeconds}::integer * interval '1 second', clock_timestamp())
    returning vanishes_at`
  if (vanishes_at !== null) {
    await tx.execute`
      insert into expiring_messages (conversation_id, seq, due_at) values (${conversation_id}, ${seq}, ${vanishes_at})`
  }
  return vanishes_at
}

export function findPoll(sql: Queries, pollId: string): Promise<PollRow | undefined> {
  return sql.maybeOne(PollRow)`select * from current_polls where poll_id = ${pollId}`
}

export async function countOpenPolls(tx: Transaction, conversationId: string): Promise<number> {
  const { count } = await tx.one(Type.Object({ count: column.integer }))`
    select count(*) as count from current_polls where conversation_id = ${conversationId} and closed_at is null`
  return count
}

type BySeq = {
  conversationId: string
  afterSeq: number
  /** Where the page before ended. */
  beforeSeq: number | undefined
  openOnly: boolean
  rows: number
}

/** Polls of a conversation, the newest first. */
export function listPolls(
  sql: Queries,
  { conversationId, afterSeq, beforeSeq, openOnly, rows }: BySeq,
): Promise<PollRow[]> {
  return sql.many(PollRow)`
    select * from current_polls
    where conversation_id = ${conversationId} and seq > ${afterSeq}
      and (${beforeSeq ?? null}::bigint is null or seq < ${beforeSeq ?? null}::bigint)
      and (closed_at is null or not ${openOnly}::boolean)
    order by seq desc limit ${rows}`
}

const ResultRow = Type.Object({
  poll_id: column.id,
  option_id: column.id,
  vote_count: column.integer,
  voter_count: column.integer,
  is_own: column.flag,
})
export type ResultRow = Static<typeof ResultRow>

/** The votes of polls by option, counted at one moment, and which of them are somebody's. */
export function listResults(
  sql: Queries,
  { pollIds, userId }: { pollIds: readonly string[]; userId: string | null },
): Promise<ResultRow[]> {
  return sql.many(ResultRow)`
    select votes.poll_id, option_id, count(*) as vote_count, coalesce(bool_or(user_id = ${userId}), false) as is_own,
      (select count(distinct user_id) from poll_votes as others where others.poll_id = votes.poll_id) as voter_count
    from poll_votes as votes where votes.poll_id = any(${pollIds}::uuid[])
    group by votes.poll_id, option_id`
}

/** What somebody votes for from now on, instead of what it was. */
export async function replaceVotes(
  tx: Transaction,
  { pollId, userId, optionIds }: { pollId: string; userId: string; optionIds: readonly string[] },
): Promise<void> {
  await tx.execute`
    with taken_back as (
      delete from poll_votes
      where poll_id = ${pollId} and user_id = ${userId} and option_id <> all(${optionIds}::uuid[])
    )
    insert into poll_votes (poll_id, user_id, option_id)
    select ${pollId}, ${userId}, option_id from unnest(${optionIds}::uuid[]) as option_id
    on conflict (poll_id, user_id, option_id) do nothing`
}

/** Closes a poll, at its time where that is over; whether it was open until now. */
export async function closePoll(tx: Transaction, pollId: string): Promise<boolean> {
  const closed = await tx.execute`
    update polls set closed_at = least(coalesce(expires_at, clock_timestamp()), clock_timestamp())
    where poll_id = ${pollId} and closed_at is null`
  return closed === 1
}

const Due = Type.Object({ poll_id: column.id, conversation_id: column.id })

/** Polls whose time is up and that nobody has closed, those that wait longest first. */
export function listDuePolls(sql: Queries, rows: number): Promise<Static<typeof Due>[]> {
  return sql.many(Due)`
    select poll_id, conversation_id from polls where closed_at is null and expires_at <= now()
    order by expires_at limit ${rows}`
}
