import { isDeepStrictEqual } from 'node:util'
import type { Queries } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { callNotFound } from '../errors.ts'
import { type CallPlace, type CallRow, findAnyCall, findCall } from '../stores/calls.ts'
import { listInvites } from '../stores/invites.ts'
import { listPresent } from '../stores/participants.ts'
import { type CallState, callStateKey, parseCallState } from './call-state.ts'

type Needed = Pick<Context, 'sql' | 'kv'>

/** The copy of a call's state, where it is the state that the database has. */
async function findCopy({ kv }: Needed, call: CallRow): Promise<CallState | undefined> {
  const text = await kv.get(callStateKey(call.call_id)).catch(() => undefined)
  const copy = text === undefined ? undefined : parseCallState(text)
  return copy && isDeepStrictEqual(copy.call, call) ? copy : undefined
}

/** A call as it stands, for somebody who may know of it; to all others there is none. */
export async function getCall(context: Needed, place: CallPlace): Promise<CallState> {
  const { sql } = context
  const call = await findCall(sql, place)
  if (!call) throw callNotFound()
  const copy = await findCopy(context, call)
  if (copy) return copy
  const [invites, participants] = await Promise.all([listInvites(sql, place.callId), listPresent(sql, place.callId)])
  return { call, invites, participants, left: [], at: new Date() }
}

/** A call as it stands, for the process that has its room. */
export async function findState(sql: Queries, callId: string): Promise<CallState | undefined> {
  const call = await findAnyCall(sql, callId)
  if (!call) return undefined
  const [invites, participants] = await Promise.all([listInvites(sql, callId), listPresent(sql, callId)])
  return { call, invites, participants, left: [], at: new Date() }
}
