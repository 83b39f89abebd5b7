import { type AccountSteps, exportEnds, jobTopics } from '@secureconnect/account-jobs'
import { startRelay } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { removeUser } from '../stores/users.ts'
import { collectAccount } from './collect-account.ts'

/**
 * The last step of all: with the row goes everything that hangs on it, such as sessions, devices, factors, tokens,
 * friends, blocks and this job. No other service's table points to it; whoever is named there by an id that is no
 * longer found is shown as a deleted account, which keeps nothing of him. Name and address are free from then on.
 */
async function removeAccount(tx: Transaction, userId: string, { events }: Pick<Context, 'events'>): Promise<undefined> {
  await removeUser(tx, userId)
  tx.afterCommit(() => events.accountErased({ userId }))
}

/** Does auth-service's part when accounts are erased or exported. */
export function relayAccountJobs(context: Context): Promise<AsyncDisposable> {
  const { sql, kv, log, metrics } = context
  const erase = (tx: Transaction, { userId }: { userId: string }) => removeAccount(tx, userId, context)
  const collect: AccountSteps['collect'] = (queries, asked) => collectAccount(queries, asked, context)
  const steps = { erase, collect }
  const topics = { ...jobTopics({ service: 'auth-service', steps, sql, kv, log }), ...exportEnds }
  return startRelay({ sql, kv, log, metrics, topics })
}
