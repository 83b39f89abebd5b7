import { column, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** A request that its sender gave a key, so that a repeat makes nothing new. */
export type KeyedRequest = { userId: string; operation: string; key: string; bodyHash: string }

const KeptRow = Type.Object({ body_hash: column.text, made_id: column.id })

const nothingYet = '00000000-0000-0000-0000-000000000000'

/** Takes a key for the transaction, after any other that uses it; false where it was used before. */
export async function takeKey(tx: Transaction, { userId, operation, key, bodyHash }: KeyedRequest): Promise<boolean> {
  const taken = await tx.execute`
    insert into idempotency_keys (user_id, operation, key, body_hash, made_id)
    values (${userId}, ${operation}, ${key}, decode(${bodyHash}, 'hex'), ${nothingYet})
    on conflict (user_id, operation, key) do nothing`
  return taken === 1
}

type Key = Omit<KeyedRequest, 'bodyHash'>

export async function keepMade(tx: Transaction, { userId, operation, key }: Key, madeId: string): Promise<void> {
  await tx.execute`
    update idempotency_keys set made_id = ${madeId}
    where user_id = ${userId} and operation = ${operation} and key = ${key}`
}

/** What a request with this key made, and the body it came with. */
export function findKept(tx: Transaction, { userId, operation, key }: Key): Promise<Static<typeof KeptRow>> {
  return tx.one(KeptRow)`
    select encode(body_hash, 'hex') as body_hash, made_id from idempotency_keys
    where user_id = ${userId} and operation = ${operation} and key = ${key}`
}
