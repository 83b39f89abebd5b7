import type { AccountSteps } from '@secureconnect/account-jobs'
import type { Transaction } from '@secureconnect/sql'
import { listPastAndPresent } from '../stores/account-rows.ts'

const conversationsPerStep = 200

/** Collects the conversations that somebody is or was in, some a step. */
export async function collectMember(
  tx: Transaction,
  { userId, after }: Parameters<AccountSteps['collect']>[1],
): ReturnType<AccountSteps['collect']> {
  const items = await listPastAndPresent(tx, { userId, after, rows: conversationsPerStep })
  const last = items.at(-1)
  const isLast = items.length < conversationsPerStep || last === undefined
  return { section: 'conversations', items, ...(!isLast && { next: last.conversation_id }) }
}
