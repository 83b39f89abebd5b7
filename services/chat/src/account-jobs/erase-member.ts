import type { AccountSteps } from '@secureconnect/account-jobs'
import { enqueue } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { depart } from '../conversations/depart.ts'
import { listPastAndPresent, removeAdditions, removeMemberships, removeTraces } from '../stores/account-rows.ts'
import { lockHeads } from '../stores/conversation-log.ts'
import { findMembership } from '../stores/members.ts'
import { removeNotices } from '../stores/own-notices.ts'
import { removeEncryption } from '../stores/owned-keys.ts'
import { eraseMessagesTopic } from './erase-messages.ts'

/** Each may hold a conversation up, so there are few to a step. */
const conversationsPerStep = 20

type Needed = Pick<Context, 'fanOut' | 'kv' | 'presenceBook'>
type Step = Parameters<AccountSteps['erase']>[1]

/**
 * Ends somebody's memberships, some a step. What he wrote stays as a deleted account's; where he wants it gone, each
 * conversation gets a job of its own, because the archive may be away for longer than his account should stay.
 */
export async function eraseMember(
  tx: Transaction,
  { userId, messages }: Step,
  { fanOut, kv, presenceBook }: Needed,
): ReturnType<AccountSteps['erase']> {
  const rows = await listPastAndPresent(tx, { userId, after: undefined, rows: conversationsPerStep })
  if (rows.length === 0) {
    if (!(await removeAdditions(tx, userId)).isDone) return 'more'
    await removeTraces(tx, userId)
    await removeNotices(tx, userId)
    await removeEncryption(tx, userId)
    await presenceBook.forget(userId)
    return undefined
  }
  const conversationIds = rows.map(({ conversation_id }) => conversation_id)
  for (const head of await lockHeads(tx, conversationIds)) {
    const place = { conversationId: head.conversation_id, userId }
    const leaving = await findMembership(tx, place)
    if (leaving) await depart(tx, { head, leaving, by: null, reason: 'erased', fanOut, kv })
    if (messages === 'delete') {
      const payload = { conversation_id: place.conversationId, user_id: userId, after_seq: 0 }
      await enqueue(tx, { topic: eraseMessagesTopic, key: `${place.conversationId} ${userId}`, payload }, kv)
    }
  }
  await removeMemberships(tx, { userId, conversationIds })
  return 'more'
}
