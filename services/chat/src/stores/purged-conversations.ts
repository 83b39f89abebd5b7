import type { Transaction } from '@secureconnect/sql'
import { dropSomeReferences } from './file-references.ts'
import { removeDisclosures } from './reports.ts'

/** Says that all of a log is history that nobody keeps: nothing of it is brought to archive or search, however late. */
export async function closeLog(tx: Transaction, conversationId: string): Promise<void> {
  await tx.execute`
    update conversations set history_start_seq = last_seq where conversation_id = ${conversationId}`
  await tx.execute`
    update archive_state set log_start = last_seq, archived_seq = last_seq, indexed_seq = last_seq,
      unsearched_seq = 0, holder = null, lease_until = null
    from conversations
    where archive_state.conversation_id = ${conversationId}
      and conversations.conversation_id = archive_state.conversation_id`
}

/** So much goes in one step. */
export const purgedAtOnce = 2_000

/** Removes some of a log and of what there may be more of than events, and answers how much of each at most. */
export async function removeEvents(tx: Transaction, conversationId: string): Promise<number> {
  const words = await tx.execute`
    delete from search_entries where conversation_id = ${conversationId} and seq in (
      select seq from search_entries where conversation_id = ${conversationId} limit ${purgedAtOnce})`
  const events = await tx.execute`
    delete from conversation_log where conversation_id = ${conversationId} and seq in (
      select seq from conversation_log where conversation_id = ${conversationId} order by seq limit ${purgedAtOnce})`
  const files = await dropSomeReferences(tx, conversationId, purgedAtOnce)
  const reactions = await tx.execute`
    delete from reactions where (conversation_id, seq, emoji, user_id) in (
      select conversation_id, seq, emoji, user_id from reactions
      where conversation_id = ${conversationId} limit ${purgedAtOnce})`
  const votes = await tx.execute`
    delete from poll_votes where (poll_id, user_id, option_id) in (
      select poll_id, user_id, option_id from poll_votes
      where poll_id in (select poll_id from polls where conversation_id = ${conversationId}) limit ${purgedAtOnce})`
  const sends = await tx.execute`
    delete from sends where (conversation_id, sender_id, client_id) in (
      select conversation_id, sender_id, client_id from sends
      where conversation_id = ${conversationId} limit ${purgedAtOnce})`
  return Math.max(words, events, files, reactions, votes, sends)
}

/** Removes what hangs on messages, those that left the log long ago too. */
export async function removeReferences(tx: Transaction, conversationId: string): Promise<void> {
  await tx.execute`delete from expiring_messages where conversation_id = ${conversationId}`
  await tx.execute`delete from pins where conversation_id = ${conversationId}`
  await tx.execute`delete from polls where conversation_id = ${conversationId}`
  await tx.execute`delete from notifications where conversation_id = ${conversationId}`
  await tx.execute`delete from group_commits where conversation_id = ${conversationId}`
  await removeDisclosures(tx, { conversationId, throughSeq: Number.MAX_SAFE_INTEGER })
}
