import { PollOption } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** Where a page of one's own additions ended; each kind is in the order of what it has of these. */
export type AdditionPlace = { id: string; seq: number; emoji: string }
type Page = { userId: string; after: AdditionPlace; rows: number }

const ReactionRow = Type.Object({
  conversation_id: column.id,
  seq: column.integer,
  emoji: column.text,
  reacted_at: column.timestamp,
})

export function listReactionsOf(sql: Queries, { userId, after, rows }: Page): Promise<Static<typeof ReactionRow>[]> {
  return sql.many(ReactionRow)`
    select conversation_id, seq, emoji, reacted_at from reactions
    where user_id = ${userId} and (conversation_id, seq, emoji) > (${after.id}::uuid, ${after.seq}, ${after.emoji}::text)
    order by conversation_id, seq, emoji limit ${rows}`
}

const PinRow = Type.Object({ conversation_id: column.id, seq: column.integer, pinned_at: column.timestamp })

export function listPinsOf(sql: Queries, { userId, after, rows }: Page): Promise<Static<typeof PinRow>[]> {
  return sql.many(PinRow)`
    select conversation_id, seq, pinned_at from pins
    where pinned_by = ${userId} and (conversation_id, seq) > (${after.id}::uuid, ${after.seq})
    order by conversation_id, seq limit ${rows}`
}

const PollRow = Type.Object({
  poll_id: column.id,
  conversation_id: column.id,
  seq: column.integer,
  question: column.text,
  options: Type.Array(PollOption),
  created_at: column.timestamp,
})

export function listPollsOf(sql: Queries, { userId, after, rows }: Page): Promise<Static<typeof PollRow>[]> {
  return sql.many(PollRow)`
    select poll_id, conversation_id, seq, question, options, created_at from polls
    where created_by = ${userId} and poll_id > ${after.id}
    order by poll_id limit ${rows}`
}

const VoteRow = Type.Object({
  poll_id: column.id,
  conversation_id: column.id,
  option_ids: Type.Array(Type.String()),
  voted_at: column.timestamp,
})

export function listVotesOf(sql: Queries, { userId, after, rows }: Page): Promise<Static<typeof VoteRow>[]> {
  return sql.many(VoteRow)`
    select poll_id, conversation_id, jsonb_agg(option_id) as option_ids, max(voted_at) as voted_at
    from poll_votes join polls using (poll_id)
    where user_id = ${userId} and poll_id > ${after.id}
    group by poll_id, conversation_id
    order by poll_id limit ${rows}`
}

const PollPlace = Type.Object({ poll_id: column.id, seq: column.integer })

/** Somebody's polls in a conversation, some at a time. */
export function listPollsIn(
  sql: Queries,
  { conversationId, userId, rows }: { conversationId: string; userId: string; rows: number },
): Promise<Static<typeof PollPlace>[]> {
  return sql.many(PollPlace)`
    select poll_id, seq from polls where conversation_id = ${conversationId} and created_by = ${userId}
    order by seq limit ${rows}`
}
