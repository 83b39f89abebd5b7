import { createHash } from 'node:crypto'
import { findKept, type KeyedRequest, keepMade, takeKey } from '@secureconnect/directory'
import { AppError } from '@secureconnect/errors'
import type { Transaction } from '@secureconnect/sql'

export const otherBody = () =>
  new AppError('IDEMPOTENCY_MISMATCH', 'Something else was sent under this id before; use a new one.')

/** Tells whether a repeated request is the same; the order of its fields does not matter. */
export function hashBody(body: object): string {
  const entries = Object.entries(body).filter(([, value]) => value !== undefined)
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}

/** What a request made, or found to be there already. */
export type Made = { id: string; isNew: boolean }

/** A request with the key under which its sender repeats it, if he gave it one. */
export type RepeatableRequest = Omit<KeyedRequest, 'key'> & { key: string | undefined }

/**
 * Makes something once for each key, whoever sends the request again, and when; a repeat that comes meanwhile waits for
 * the first. To be called before anything else of the transaction.
 */
export async function makeOnce(tx: Transaction, request: RepeatableRequest, make: () => Promise<Made>): Promise<Made> {
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
