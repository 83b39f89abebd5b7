import type { Transaction } from '@secureconnect/sql'
import { conversationNotFound } from '../errors.ts'
import { type Head, lockHeads } from '../stores/conversation-log.ts'

/** Locks one conversation until the transaction ends, and answers the end of its log. */
export async function lockHead(tx: Transaction, conversationId: string): Promise<Head> {
  const [head] = await lockHeads(tx, [conversationId])
  if (!head) throw conversationNotFound()
  return head
}
