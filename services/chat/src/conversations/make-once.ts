import type { Transaction } from '@secureconnect/sql'
import { otherBody } from '../errors.ts'
import { findKept, type KeyedRequest, keepMade, takeKey } from '../stores/idempotency-keys.ts'

/** What a request made, or found to be there already. */
export type Made = { id: string; isNew: boolean }

/**
 * Makes something once for each key, whoever sends the request again, and when; a repeat that comes meanwhile waits for
 * the first. To be called before anything else of the transaction.
 */
export async function makeOnce(
  tx: Transaction,
  request: Omit<KeyedRequest, 'key'> & { key: string | undefined },
  make: () => Promise<Made>,
): Promise<Made> {
  const { key } = request
  if (key === undefined) return make()
  const keyed = { ...request, key }
  if (!(await takeKey(tx, keyed))) {
    const kept = await findKept(tx, keyed)
    if (kept.body_hash !== request.bodyHash) throw otherBody()
    return { id: kept.made_id, isNew: false }
  }
  const made = await make()
  await keepMade(tx, keyed, made.id)
  return made
}
