import { callEventTopic } from '@secureconnect/directory'
import type { Kv } from '@secureconnect/kv'
import { addUserFrames, type CallNotice, enqueueCallNotices, toRingingFrame } from '@secureconnect/notifications'
import { enqueue } from '@secureconnect/outbox'
import { lifetimes, type UserFrame } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { CallRow } from '../stores/calls.ts'
import type { InviteRow } from '../stores/invites.ts'
import { lengthOf } from './call-length.ts'
import { type CallState, callChannel, callStateKey, changedRows, type Step } from './call-state.ts'

/** What the sockets of a callee hear when a call rings no more. */
function toStoppedFrame({ call_id, conversation_id }: CallRow, invite: InviteRow): UserFrame {
  const { status, answered_by: session_id } = invite
  if (status === 'ringing' || status === 'busy') throw new Error(`A call does not stop ringing by being ${status}`)
  return { type: 'call.stopped', call_id, conversation_id, reason: status, session_id }
}

/** What the callees whose invites changed are to be notified of: that it rings, or that they missed it. */
function toNotices(
  { call_id, conversation_id, caller_id: actor_id }: CallRow,
  changed: readonly InviteRow[],
): CallNotice[] {
  return changed.flatMap(({ user_id, status }): CallNotice[] => {
    const notice = { user_id, actor_id, conversation_id, call_id }
    if (status === 'ringing') return [{ kind: 'call_ringing', ...notice }]
    const isAnswered = status === 'accepted' || status === 'declined'
    return isAnswered ? [] : [{ kind: 'call_missed', ...notice }]
  })
}

/** Tells the devices of those at whom a call begins to ring, and of those at whom it stops. */
export async function tellCallees(tx: Transaction, { before, after }: Step, kv: Pick<Kv, 'publish'>): Promise<void> {
  const { call } = after
  const rangBefore = new Set(before.invites.flatMap(({ user_id, status }) => (status === 'ringing' ? user_id : [])))
  const changed = changedRows(before.invites, after.invites)
  const stopped = changed.filter(({ user_id, status }) => status !== 'ringing' && rangBefore.has(user_id))
  const frames = stopped.map((invite) => ({ userId: invite.user_id, frame: toStoppedFrame(call, invite) }))
  const rings = changed.filter(({ status }) => status === 'ringing')
  if (call.rings_until !== null) {
    const frame = toRingingFrame({ ...call, rings_until: call.rings_until })
    frames.push(...rings.map(({ user_id: userId }) => ({ userId, frame })))
  }
  await enqueueCallNotices(tx, toNotices(call, changed), kv)
  await addUserFrames(tx, frames, kv)
}

type CallEvent = { call: CallRow; kind: 'call.started' | 'call.ended'; more?: object }

/** Has the log of a call's conversation say what became of it; chat-service adds it, once. */
async function tellConversation(tx: Transaction, { call, kind, more }: CallEvent, kv: Pick<Kv, 'publish'>) {
  const { call_id, conversation_id, call_type, caller_id } = call
  const payload = { kind, conversation_id, data: { call_id, call_type, caller_id, ...more } }
  await enqueue(tx, { topic: callEventTopic, key: conversation_id, payload }, kv)
}

export function tellStarted(tx: Transaction, call: CallRow, kv: Pick<Kv, 'publish'>): Promise<void> {
  return tellConversation(tx, { call, kind: 'call.started' }, kv)
}

export function tellEnded(tx: Transaction, call: CallRow, kv: Pick<Kv, 'publish'>): Promise<void> {
  const more = { status: call.status, duration_seconds: lengthOf(call) }
  return tellConversation(tx, { call, kind: 'call.ended', more }, kv)
}

/** Tells the rooms of a call, and leaves the copy by which its state is known without reading it. */
export function publishState(state: CallState, kv: Pick<Kv, 'set' | 'publish'>): void {
  const { call_id } = state.call
  const copy = JSON.stringify(state)
  // Rooms look for what they did not hear of, and without a copy the state is read.
  const failed = () => undefined
  void kv.set(callStateKey(call_id), copy, { ttlMs: lifetimes.callStateMs }).catch(failed)
  void kv.publish(callChannel(call_id), copy).catch(failed)
}
