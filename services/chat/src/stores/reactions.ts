import { limits, Reaction } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { Viewer } from './views.ts'

type Place = { conversationId: string; seq: number }
type OneReaction = Place & { emoji: string; userId: string }

/** Adds a reaction; whether it was not there before. */
export async function addReaction(
  tx: Transaction,
  { conversationId, seq, emoji, userId }: OneReaction,
): Promise<boolean> {
  const added = await tx.execute`
    insert into reactions (conversation_id, seq, emoji, user_id) values (${conversationId}, ${seq}, ${emoji}, ${userId})
    on conflict (conversation_id, seq, emoji, user_id) do nothing`
  return added === 1
}

/** Takes a reaction away; whether there was one. */
export async function removeReaction(
  tx: Transaction,
  { conversationId, seq, emoji, userId }: OneReaction,
): Promise<boolean> {
  const removed = await tx.execute`
    delete from reactions
    where conversation_id = ${conversationId} and seq = ${seq} and emoji = ${emoji} and user_id = ${userId}`
  return removed === 1
}

const Kind = Type.Object({ ...Reaction.properties, count: column.integer, reacted: column.flag })

/** The reactions to one message as somebody sees them, in the order in which they began. */
export function listReactionsTo(
  tx: Transaction,
  { conversationId, seq, userId }: Place & { userId: string },
): Promise<Reaction[]> {
  return tx.many(Kind)`
    select emoji, count(*) as count, bool_or(user_id = ${userId}) as reacted,
      jsonb_agg(user_id order by place) filter (where place <= ${limits.reactorsShown}) as user_ids
    from (
      select emoji, user_id, reacted_at,
        row_number() over (partition by emoji order by reacted_at, user_id) as place
      from reactions where conversation_id = ${conversationId} and seq = ${seq}
    ) as ranked
    group by emoji order by min(reacted_at), emoji`
}

const Shown = Type.Object({ seq: column.integer, emoji: column.text, count: column.integer, user_id: column.id })

/** One of the first who reacted to a message with an emoji, and how many did. */
export type Shown = Static<typeof Shown>

/** The reactions to messages, in the order in which they began, each with those who were the first. */
export function listShown(
  sql: Queries,
  { conversationId, seqs }: { conversationId: string; seqs: readonly number[] },
): Promise<Shown[]> {
  return sql.many(Shown)`
    select seq, emoji, count, user_id from (
      select seq, emoji, user_id, count(*) over (partition by seq, emoji) as count,
        min(reacted_at) over (partition by seq, emoji) as since,
        row_number() over (partition by seq, emoji order by reacted_at, user_id) as place
      from reactions where conversation_id = ${conversationId} and seq = any(${seqs}::bigint[])
    ) as ranked
    where place <= ${limits.reactorsShown}
    order by seq, since, emoji, place`
}

const Own = Type.Object({ place: column.integer, seq: column.integer, emoji: column.text })
export type OwnReaction = Pick<Static<typeof Own>, 'seq' | 'emoji'>
export type Reader = Viewer & { firstSeq: number; lastSeq: number }

/** What readers reacted with to the messages of a range each, in the order of the readers. */
export async function listOwnReactions(sql: Queries, readers: readonly Reader[]): Promise<OwnReaction[][]> {
  const asked = readers.map((reader, place) => ({ place, ...reader }))
  const rows = await sql.many(Own)`
    select place, seq, emoji
    from jsonb_to_recordset(${json(asked)}::jsonb) as reader (place integer, "conversationId" uuid, "userId" uuid,
      "firstSeq" bigint, "lastSeq" bigint)
    join reactions on reactions.user_id = reader."userId" and reactions.conversation_id = reader."conversationId"
      and seq between "firstSeq" and "lastSeq"`
  const byReader = Map.groupBy(rows, ({ place }) => place)
  return readers.map((_, place) => byReader.get(place) ?? [])
}

const Reactor = Type.Object({
  user_id: column.id,
  emoji: column.text,
  reacted_at: column.timestamp,
  reacted_us: column.integer,
})
export type Reactor = Static<typeof Reactor>

type ByTime = Place & {
  /** With this one only. */
  emoji: string | undefined
  /** The last one of the page before. */
  after: { us: number; id: string; emoji: string } | undefined
  rows: number
}

/** Who reacted to a message, the earliest first. */
export function listReactors(sql: Queries, { conversationId, seq, emoji, after, rows }: ByTime): Promise<Reactor[]> {
  return sql.many(Reactor)`
    with reacted as (
      select user_id, emoji, reacted_at, (extract(epoch from reacted_at) * 1000000)::bigint as reacted_us
      from reactions
      where conversation_id = ${conversationId} and seq = ${seq}
        and (${emoji ?? null}::text is null or emoji = ${emoji ?? null}::text)
    )
    select * from reacted
    where ${after?.us ?? null}::bigint is null
      or (reacted_us, user_id, emoji) > (${after?.us ?? null}::bigint, ${after?.id ?? null}::uuid, ${after?.emoji ?? null}::text)
    order by reacted_us, user_id, emoji
    limit ${rows}`
}
