import { lifetimes, NotificationKind } from '@secureconnect/protocol'
import { type Static, Type } from 'typebox'

/** Where pushes wait. */
export const pushTopic = 'push'

const PushKind = Type.Union([...NotificationKind.anyOf, Type.Literal('call_ringing'), Type.Literal('test')])
export type PushKind = Static<typeof PushKind>

const id = Type.Union([Type.String(), Type.Null()])
const seq = Type.Union([Type.Integer(), Type.Null()])

/** A push that waits says which device it is for and what it is about; whether and how is found when it goes out. */
export const WaitingPush = Type.Object({
  token_id: Type.String(),
  user_id: Type.String(),
  kind: PushKind,
  conversation_id: id,
  seq,
  /** Where what waits began: all since then that this took the place of. */
  first_seq: Type.Optional(Type.Integer()),
  message_seq: seq,
  message_id: id,
  actor_id: id,
  call_id: Type.Optional(Type.String()),
  /** Pushes that wait from before an update have none. */
  poll_id: Type.Optional(id),
  file_id: Type.Optional(Type.String()),
})
export type WaitingPush = Static<typeof WaitingPush>

type Manner = {
  /** What it says where it may not say what it is about. */
  words: string
  lifeMs: number
  /** Goes out at once, also to who is active on another device. */
  isUrgent?: true
}

/** How each kind is pushed. */
export const manners: Readonly<Record<PushKind, Manner>> = {
  message: { words: 'You have a new message', lifeMs: lifetimes.messagePushMs },
  mention: { words: 'You were mentioned', lifeMs: lifetimes.messagePushMs },
  reaction: { words: 'Somebody reacted to your message', lifeMs: lifetimes.messagePushMs },
  poll_closed: { words: 'A poll has closed', lifeMs: lifetimes.messagePushMs },
  group_added: { words: 'You were added to a group', lifeMs: lifetimes.messagePushMs },
  friend_request: { words: 'Somebody wants to be your friend', lifeMs: lifetimes.messagePushMs },
  file_refused: { words: 'A file of yours was refused', lifeMs: lifetimes.messagePushMs },
  call_missed: { words: 'You missed a call', lifeMs: lifetimes.messagePushMs },
  call_ringing: { words: 'Somebody is calling you', lifeMs: lifetimes.ringPushMs, isUrgent: true },
  test: { words: 'Pushes reach this device', lifeMs: lifetimes.ringPushMs, isUrgent: true },
}
