import type { Kv } from '@secureconnect/kv'
import { enqueue, enqueueLatest } from '@secureconnect/outbox'
import { lifetimes } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** Where chat-service finds what other services want people to be notified of. */
export const notificationTopic = 'notification'

const Ring = Type.Object({
  kind: Type.Literal('call_ringing'),
  user_id: Type.String(),
  actor_id: Type.String(),
  conversation_id: Type.String(),
  call_id: Type.String(),
})
type Ring = Static<typeof Ring>

/** What somebody is to be notified of, and who or what caused it. */
export const WaitingNotification = Type.Union([
  Type.Object({ kind: Type.Literal('friend_request'), user_id: Type.String(), actor_id: Type.String() }),
  Ring,
  Type.Object({ kind: Type.Literal('file_refused'), user_id: Type.String(), file_id: Type.String() }),
])
export type WaitingNotification = Static<typeof WaitingNotification>

/** Has somebody notified as soon as the transaction is committed. */
export async function enqueueNotification(
  tx: Transaction,
  notification: Exclude<WaitingNotification, Ring>,
  kv: Pick<Kv, 'publish'>,
): Promise<void> {
  const cause = notification.kind === 'file_refused' ? notification.file_id : notification.actor_id
  const key = `${notification.user_id} ${cause}`
  await enqueue(tx, { topic: notificationTopic, key, payload: notification }, kv)
}

/** Has people notified that a call rings at them, as soon as the transaction is committed; not when that is too late. */
export async function enqueueRings(
  tx: Transaction,
  rings: readonly Omit<Ring, 'kind'>[],
  kv: Pick<Kv, 'publish'>,
): Promise<void> {
  const expiresAt = new Date(Date.now() + lifetimes.ringPushMs)
  const effects = rings.map((ring) => {
    const payload: Ring = { kind: 'call_ringing', ...ring }
    return { key: `${ring.user_id} ${ring.call_id}`, payload, expiresAt }
  })
  await enqueueLatest(tx, notificationTopic, effects, { kv })
}
