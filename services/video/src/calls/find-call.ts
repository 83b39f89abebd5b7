import { isDeepStrictEqual } from 'node:util'
import type { Queries } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { callNotFound } from '../errors.ts'
import { listAdmissions } from '../stores/admissions.ts'
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

async function readState(sql: Queries, call: CallRow): Promise<CallState> {
  const { call_id } = call
  const [invites, participants, admissions] = await Promise.all([
    listInvites(sql, call_id),
    listPresent(sql, call_id),
    listAdmissions(sql, call_id),
  ])
  return { call, invites, participants, admissions, left: [], at: new Date() }
}

/** A call as it stands, for somebody who may know of it; to all others there is none. */
export async function getCall(context: Needed, place: CallPlace): Promise<CallState> {
  const call = await findCall(context.sql, place)
  if (!call) throw callNotFound()
  return (await findCopy(context, call)) ?? readState(context.sql, call)
}

/** A call as it stands, for the process that has its room. */
export async function findState(sql: Queries, callId: string): Promise<CallState | undefined> {
  const call = await findAnyCall(sql, callId)
  return call && readState(sql, call)
}
