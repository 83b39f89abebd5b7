import { callEventTopic } from '@secureconnect/directory'
import { addUserFrames, enqueueRings, toRingingFrame } from '@secureconnect/notifications'
import { enqueue } from '@secureconnect/outbox'
import { lifetimes } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { callNotFound } from '../errors.ts'
import { type CallRow, loadTime, lockCall, lockCallFor, saveCall } from '../stores/calls.ts'
import { listInvites, saveInvites } from '../stores/invites.ts'
import { listPresent, saveParticipants } from '../stores/participants.ts'
import { toEndedEvent, toStartedEvent, toStoppedFrame } from './call-news.ts'
import { type CallState, callChannel, callStateKey } from './call-state.ts'

export type Changing = Pick<Context, 'sql' | 'kv' | 'events'>

/** A call for somebody who may know of it, or for nobody in particular. */
type Place = { callId: string; userId?: string }

type Change = (state: CallState, tx: Transaction) => CallState | Promise<CallState>

async function lockState(tx: Transaction, { callId, userId }: Place): Promise<CallState | undefined> {
  const call = await (userId === undefined ? lockCall(tx, callId) : lockCallFor(tx, { callId, userId }))
  if (!call) return undefined
  const [invites, participants] = [await listInvites(tx, callId), await listPresent(tx, callId)]
  return { call, invites, participants, left: [], at: await loadTime(tx) }
}

/** Those rows that are new or other than before. */
function changedRows<Row>(before: readonly Row[], after: readonly Row[]): Row[] {
  const known = new Set(before)
  return after.filter((row) => !known.has(row))
}

type Step = { before: CallState; after: CallState }

/** Tells the devices of those at whom a call begins to ring, and of those at whom it stops. */
async function tellCallees(tx: Transaction, { before, after }: Step, kv: Changing['kv']): Promise<void> {
  const { call } = after
  const { call_id, conversation_id, caller_id: actor_id, rings_until } = call
  const rangBefore = new Set(before.invites.flatMap(({ user_id, status }) => (status === 'ringing' ? user_id : [])))
  const changed = changedRows(before.invites, after.invites)
  const stopped = changed.filter(({ user_id, status }) => status !== 'ringing' && rangBefore.has(user_id))
  const rings = rings_until === null ? [] : changed.filter(({ status }) => status === 'ringing')
  const ringing = rings_until && toRingingFrame({ ...call, rings_until })
  await addUserFrames(
    tx,
    [
      ...stopped.map((invite) => ({ userId: invite.user_id, frame: toStoppedFrame(call, invite) })),
      ...rings.flatMap(({ user_id: userId }) => (ringing ? { userId, frame: ringing } : [])),
    ],
    kv,
  )
  await enqueueRings(
    tx,
    rings.map(({ user_id }) => ({ user_id, actor_id, conversation_id, call_id })),
    kv,
  )
}

/** Has the log of a call's conversation say that it began; chat-service adds it, once. */
export async function tellStarted(tx: Transaction, call: CallRow, kv: Changing['kv']): Promise<void> {
  await enqueue(tx, { topic: callEventTopic, key: call.conversation_id, payload: toStartedEvent(call) }, kv)
}

async function tellEnded(tx: Transaction, call: CallRow, kv: Changing['kv']): Promise<void> {
  await enqueue(tx, { topic: callEventTopic, key: call.conversation_id, payload: toEndedEvent(call) }, kv)
}

/** Tells the rooms of a call, and leaves the copy by which its state is known without reading it. */
function publishState(state: CallState, kv: Changing['kv']): void {
  const { call_id } = state.call
  const copy = JSON.stringify(state)
  const failed = () => undefined
  void kv.set(callStateKey(call_id), copy, { ttlMs: lifetimes.callStateMs }).catch(failed)
  void kv.publish(callChannel(call_id), copy).catch(failed)
}

/** Writes what a change of a call made of it, and everything that follows from that, in the transaction of the change. */
export async function saveState(
  tx: Transaction,
  { before, after }: Step,
  { kv, events }: Omit<Changing, 'sql'>,
): Promise<CallState> {
  const { call_id: callId, version } = before.call
  const saved = { ...after, call: { ...after.call, version: version + 1 } }
  if (!(await saveCall(tx, saved.call))) throw new Error(`Call ${callId} changed while it was locked`)
  await saveInvites(tx, callId, changedRows(before.invites, saved.invites))
  await saveParticipants(tx, callId, [...saved.left, ...changedRows(before.participants, saved.participants)])
  await tellCallees(tx, { before, after: saved }, kv)
  if (before.call.ended_at === null && saved.call.ended_at !== null) await tellEnded(tx, saved.call, kv)
  tx.afterCommit(() => {
    publishState(saved, kv)
    events.callChanged({ before, after: saved })
  })
  return saved
}

/**
 * Changes a call under its lock. Whoever may not know of it is told that there is none; without a person it is undefined
 * where there is none.
 */
export async function changeCallIn(
  tx: Transaction,
  context: Omit<Changing, 'sql'>,
  { place, change }: { place: Place; change: Change },
): Promise<CallState | undefined> {
  const before = await lockState(tx, place)
  if (!before) return undefined
  const after = await change(before, tx)
  return after === before ? before : saveState(tx, { before, after }, context)
}

/** Changes a call for somebody who may know of it; to all others there is none. */
export async function changeCall(context: Changing, place: Required<Place>, change: Change): Promise<CallState> {
  const state = await context.sql.transaction((tx) => changeCallIn(tx, context, { place, change }))
  if (!state) throw callNotFound()
  return state
}
