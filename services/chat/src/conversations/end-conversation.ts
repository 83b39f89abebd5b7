import type { Kv } from '@secureconnect/kv'
import { enqueue } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import type { Head } from '../stores/conversation-log.ts'
import { freePair } from '../stores/conversations.ts'

/** Where conversations wait for what was said in them to be removed. */
export const purgeTopic = 'conversation-purge'

/** Ends a conversation that nobody is in any more: what was said there goes soon, and two people may begin another. */
export async function endConversation(
  tx: Transaction,
  { conversation_id }: Pick<Head, 'conversation_id'>,
  kv: Pick<Kv, 'publish'>,
): Promise<void> {
  await freePair(tx, conversation_id)
  await enqueue(tx, { topic: purgeTopic, key: conversation_id, payload: { conversation_id } }, kv)
}
