import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const Unsearched = Type.Object({
  conversation_id: column.id,
  unsearched_seq: column.integer,
  log_start: column.integer,
  archived_seq: column.integer,
  history_start_seq: column.integer,
  is_e2ee_enabled: column.flag,
})

/** A conversation of whose archived messages some are not in the search: those up to `unsearched_seq`. */
export type Unsearched = Static<typeof Unsearched>

/** Such conversations after an id. */
export function listUnsearched(sql: Queries, after: string, rows: number): Promise<Unsearched[]> {
  return sql.many(Unsearched)`
    select conversation_id, unsearched_seq, log_start, archived_seq, history_start_seq, is_e2ee_enabled
    from archive_state join conversations using (conversation_id)
    where unsearched_seq > 0 and conversation_id > ${after}
    order by conversation_id limit ${rows}`
}

/** Waits for whoever brings a conversation to the search, or deletes in it, and keeps everybody else from it. */
export function holdUnsearched(tx: Transaction, conversationId: string): Promise<Unsearched | undefined> {
  return tx.maybeOne(Unsearched)`
    select conversation_id, unsearched_seq, log_start, archived_seq, history_start_seq, is_e2ee_enabled
    from archive_state join conversations using (conversation_id)
    where conversation_id = ${conversationId} for update of archive_state`
}

export async function moveUnsearched(tx: Transaction, conversationId: string, seq: number): Promise<void> {
  await tx.execute`update archive_state set unsearched_seq = ${seq} where conversation_id = ${conversationId}`
}
