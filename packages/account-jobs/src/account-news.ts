import { enqueue, type OutboxRow, Undeliverable } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Wake } from './start-job.ts'

/** What chat-service hears of accounts, and under which topic. */
export const accountNews = {
  banned: 'account-banned.chat-service',
  /** Its owner came by a reset to an address that nobody had verified: what was left there before is not his. */
  reclaimed: 'account-reclaimed.chat-service',
} as const

type News = { news: keyof typeof accountNews; userId: string }

/** Tells what became of an account, in the transaction that did it. */
export async function tellAccountNews(tx: Transaction, { news, userId }: News, kv: Wake): Promise<void> {
  await enqueue(tx, { topic: accountNews[news], key: userId, payload: { user_id: userId } }, kv)
}

const Payload = Compile(Type.Object({ user_id: Type.String() }))

/** Whose account it is that a row tells of. */
export function readAccountNews({ payload }: OutboxRow): string {
  if (!Payload.Check(payload)) throw new Undeliverable('the row names nobody')
  return payload.user_id
}
