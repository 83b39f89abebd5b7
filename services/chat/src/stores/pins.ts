import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

type Place = { conversationId: string; seq: number }

/** Pins a message; whether it was not pinned before. */
export async function addPin(
  tx: Transaction,
  { conversationId, seq, userId }: Place & { userId: string },
): Promise<boolean> {
  const added = await tx.execute`
    insert into pins (conversation_id, seq, pinned_by) values (${conversationId}, ${seq}, ${userId})
    on conflict (conversation_id, seq) do nothing`
  return added === 1
}

/** Takes a pin away; whether there was one. */
export async function removePin(tx: Transaction, { conversationId, seq }: Place): Promise<boolean> {
  const removed = await tx.execute`delete from pins where conversation_id = ${conversationId} and seq = ${seq}`
  return removed === 1
}

const PinRow = Type.Object({
  seq: column.integer,
  pinned_by: column.nullable(column.id),
  pinned_at: column.timestamp,
})

/** The pins on what comes after a seq, the latest first. */
export function listPins(
  sql: Queries,
  { conversationId, afterSeq }: { conversationId: string; afterSeq: number },
): Promise<Static<typeof PinRow>[]> {
  return sql.many(PinRow)`
    select seq, pinned_by, pinned_at from pins where conversation_id = ${conversationId} and seq > ${afterSeq}
    order by pinned_at desc, seq desc`
}
