import type { Kv } from '@secureconnect/kv'
import { json, newId, type Transaction } from '@secureconnect/sql'
import { wakeChannel } from './wake.ts'

/** Something that must happen once the transaction is committed, however long that takes. */
export type Effect = {
  topic: string
  /** Effects of one key happen one after the other, in the order they were enqueued. */
  key: string
  payload: unknown
  /** Not before then. */
  dueAt?: Date
  /** Not after then: a ring that comes late is worse than none. */
  expiresAt?: Date
}

/**
 * Adds an effect to the transaction that causes it, and answers its id: the same at every attempt, so that whoever
 * gets it twice can tell. With `kv` the relay hears of it at once, without at its next sweep.
 */
export async function enqueue(tx: Transaction, effect: Effect, kv?: Pick<Kv, 'publish'>): Promise<string> {
  const { topic, key, payload, dueAt = null, expiresAt = null } = effect
  const id = newId()
  await tx.execute`
    insert into outbox (outbox_id, topic, key, payload, created_at, due_at, expires_at)
    values (${id}, ${topic}, ${key}, ${json(payload)}, clock_timestamp(),
      coalesce(${dueAt}::timestamptz, clock_timestamp()), ${expiresAt})`
  // Nobody needs this message: the relay's sweep finds the row too.
  if (kv) tx.afterCommit(() => void kv.publish(wakeChannel(topic), id).catch(() => undefined))
  return id
}
