import { type Kv, nudge } from '@secureconnect/kv'
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
  if (kv) tx.afterCommit(() => nudge(kv, wakeChannel(topic), id))
  return id
}

type Replacing = {
  kv?: Pick<Kv, 'publish'>
  /** The field of the payloads that stays as the first of those has it that replaced each other. */
  lasting?: string
}

/**
 * Adds effects of which only the newest of each key matters: one that waits for its turn still is replaced, and keeps
 * its turn. One that has begun already is followed by the new one, and gives way to it by `yieldToNewer`.
 */
export async function enqueueLatest(
  tx: Transaction,
  topic: string,
  effects: readonly Omit<Effect, 'topic'>[],
  { kv, lasting = '' }: Replacing = {},
): Promise<void> {
  if (effects.length === 0) return
  const rows = effects.map(({ key, payload, dueAt = null, expiresAt = null }) => {
    return { outbox_id: newId(), key, payload, due_at: dueAt, expires_at: expiresAt }
  })
  await tx.execute`
    with added as (
      select * from jsonb_to_recordset(${json(rows)}::jsonb) as added (outbox_id uuid, key text, payload jsonb,
        due_at timestamptz, expires_at timestamptz)
    ), replaced as (
      update outbox set expires_at = added.expires_at,
        payload = case when outbox.payload ? ${lasting}::text
          then added.payload || jsonb_build_object(${lasting}::text, outbox.payload -> ${lasting}::text)
          else added.payload end
      from added where outbox.topic = ${topic} and outbox.key = added.key and holder is null and dead_at is null
      returning outbox.key
    )
    insert into outbox (outbox_id, topic, key, payload, created_at, due_at, expires_at)
    select outbox_id, ${topic}, key, payload, clock_timestamp(), coalesce(due_at, clock_timestamp()), expires_at
    from added where key not in (select key from replaced)`
  if (kv) tx.afterCommit(() => nudge(kv, wakeChannel(topic), topic))
}
