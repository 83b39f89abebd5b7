import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { callNotFound } from '../errors.ts'
import { listAdmissions, saveAdmissions } from '../stores/admissions.ts'
import { loadTime, lockCall, lockCallFor, saveCall } from '../stores/calls.ts'
import { listInvites, saveInvites } from '../stores/invites.ts'
import { listPresent, saveParticipants } from '../stores/participants.ts'
import { endRecording } from '../stores/recordings.ts'
import { tellWebhooks } from '../webhooks/tell-webhooks.ts'
import { type CallState, changedRows, endedRecording, type Step } from './call-state.ts'
import { publishState, tellCallees, tellEnded } from './tell-call.ts'

export type Changing = Pick<Context, 'sql' | 'kv' | 'events' | 'webhooks'>
/** What it takes to say that a call changed. */
type Telling = Pick<Context, 'kv' | 'webhooks'> & { events: Pick<Context['events'], 'callChanged'> }

/** A call for somebody who may know of it, or for nobody in particular. */
type Place = { callId: string; userId?: string }

/** Makes the next state of one that is locked; the same where nothing changes. */
export type Change = (state: CallState, tx: Transaction) => CallState | Promise<CallState>

async function lockState(tx: Transaction, { callId, userId }: Place): Promise<CallState | undefined> {
  const call = await (userId === undefined ? lockCall(tx, callId) : lockCallFor(tx, { callId, userId }))
  if (!call) return undefined
  const [invites, participants] = [await listInvites(tx, callId), await listPresent(tx, callId)]
  const admissions = await listAdmissions(tx, callId)
  return { call, invites, participants, admissions, left: [], at: await loadTime(tx) }
}

/** Writes what a change of a call made of it, and everything that follows from that, in the transaction of the change. */
export async function saveState(
  tx: Transaction,
  { before, after }: Step,
  { kv, events, webhooks }: Telling,
): Promise<CallState> {
  const { call_id: callId, version } = before.call
  const told = await tellWebhooks(tx, { before, after }, { kv, webhooks })
  const ended = endedRecording({ before, after })
  if (ended !== undefined) await endRecording(tx, ended, { reason: 'call_ended', by: null })
  const saved = { ...told, call: { ...told.call, version: version + 1 } }
  if (!(await saveCall(tx, saved.call))) throw new Error(`Call ${callId} changed while it was locked`)
  await saveInvites(tx, callId, changedRows(before.invites, saved.invites))
  await saveAdmissions(tx, callId, changedRows(before.admissions, saved.admissions))
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
  context: Telling,
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
