import type { Kv } from '@secureconnect/kv'
import { enqueue, enqueueLatest } from '@secureconnect/outbox'
import { lifetimes } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** Where chat-service finds what other services want people to be notified of. */
export const notificationTopic = 'notification'

const ofCall = {
  user_id: Type.String(),
  actor_id: Type.String(),
  conversation_id: Type.String(),
  call_id: Type.String(),
}
const CallNotice = Type.Union([
  Type.Object({ kind: Type.Literal('call_ringing'), ...ofCall }),
  Type.Object({ kind: Type.Literal('call_missed'), ...ofCall }),
])

/** That a call rings at somebody, or rang and he did not come. */
export type CallNotice = Static<typeof CallNotice>

/** What somebody is to be notified of, and who or what caused it. */
export const WaitingNotification = Type.Union([
  Type.Object({ kind: Type.Literal('friend_request'), user_id: Type.String(), actor_id: Type.String() }),
  ...CallNotice.anyOf,
  Type.Object({ kind: Type.Literal('file_refused'), user_id: Type.String(), file_id: Type.String() }),
])
export type WaitingNotification = Static<typeof WaitingNotification>

/** Has somebody notified as soon as the transaction is committed. */
export async function enqueueNotification(
  tx: Transaction,
  notification: Exclude<WaitingNotification, CallNotice>,
  kv: Pick<Kv, 'publish'>,
): Promise<void> {
  const cause = notification.kind === 'file_refused' ? notification.file_id : notification.actor_id
  const key = `${notification.user_id} ${cause}`
  await enqueue(tx, { topic: notificationTopic, key, payload: notification }, kv)
}

/**
 * Has people notified of a call as soon as the transaction is committed: of its ringing only while that is of use, and no
 * more where it was missed meanwhile.
 */
export async function enqueueCallNotices(
  tx: Transaction,
  notices: readonly CallNotice[],
  kv: Pick<Kv, 'publish'>,
): Promise<void> {
  const ringsUntil = new Date(Date.now() + lifetimes.ringPushMs)
  const effects = notices.map((payload) => {
    const key = `${payload.user_id} ${payload.call_id}`
    return { key, payload, ...(payload.kind === 'call_ringing' && { expiresAt: ringsUntil }) }
  })
  await enqueueLatest(tx, notificationTopic, effects, { kv })
}
