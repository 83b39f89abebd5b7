import { readAccountNews } from '@secureconnect/account-jobs'
import { enqueue, type OutboxRow, type Topic } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { depart } from '../conversations/depart.ts'
import { listEncryptedOf } from '../stores/account-rows.ts'
import { lockHeads } from '../stores/conversation-log.ts'
import { findMembership } from '../stores/members.ts'

/** Each may hold a conversation up, so there are few to a step. */
const conversationsPerStep = 20

type Needed = Pick<Context, 'fanOut' | 'kv'>

async function removeSome(tx: Transaction, row: OutboxRow, { fanOut, kv }: Needed): Promise<void> {
  const userId = readAccountNews(row)
  const conversationIds = await listEncryptedOf(tx, userId, conversationsPerStep)
  for (const head of await lockHeads(tx, conversationIds)) {
    const leaving = await findMembership(tx, { conversationId: head.conversation_id, userId })
    if (leaving) await depart(tx, { head, leaving, by: null, reason: 'removed', fanOut, kv })
  }
  const { topic, key, payload } = row
  if (conversationIds.length === conversationsPerStep) await enqueue(tx, { topic, key, payload }, kv)
}

/** Takes who is banned out of encrypted conversations: he must not keep the keys of what is said there from then on. */
export function createBanishment(needed: Needed): Topic {
  return { apply: (tx, row) => removeSome(tx, row, needed), attempts: Number.MAX_SAFE_INTEGER }
}
