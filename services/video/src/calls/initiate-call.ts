import { findOwnConversation, listOtherMembers } from '@secureconnect/directory'
import { type InitiateCall, limits } from '@secureconnect/protocol'
import { newId, type Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import {
  blocked,
  calleeNotFound,
  callGoesOn,
  conversationNotFound,
  nobodyToCall,
  noLobbyOfTwo,
  tooManyCallees,
} from '../errors.ts'
import { insertCall } from '../stores/calls.ts'
import { listBusy } from '../stores/participants.ts'
import type { Person } from './attendance.ts'
import { type Changing, saveState } from './change-call.ts'
import { begin } from './ringing.ts'
import { tellStarted } from './tell-call.ts'

type Needed = Omit<Changing, 'sql'> & Pick<Context, 'config'>
type Beginning = { body: InitiateCall; person: Person }

/** Whom a call rings: those who were asked for, or all others; nobody at whom a block keeps it from ringing. */
async function findCallees(tx: Transaction, { body, person }: Beginning): Promise<string[]> {
  const { conversation_id: conversationId, callee_ids: among } = body
  const most = limits.calleesPerCall
  const others = await listOtherMembers(tx, { conversationId, userId: person.userId, among, rows: most + 1 })
  if (among && others.length < among.length) throw calleeNotFound()
  if (others.length === 0) throw nobodyToCall()
  if (others.length > most) throw tooManyCallees(most)
  const callees = others.flatMap(({ user_id, is_blocked }) => (is_blocked ? [] : user_id))
  if (callees.length === 0) throw blocked()
  return callees
}

/** Calls the people of a conversation, and answers the id of the call. */
export async function initiateCall(tx: Transaction, { body, person }: Beginning, context: Needed): Promise<string> {
  const { callRingMs: ringMs, callResumeMs: resumeMs } = context.config
  const { conversation_id, call_type, has_lobby = false } = body
  const { userId: caller_id } = person
  const conversation = await findOwnConversation(tx, { conversationId: conversation_id, userId: caller_id })
  if (!conversation) throw conversationNotFound()
  const calleeIds = await findCallees(tx, { body, person })
  const is_direct = conversation.type === 'direct'
  if (is_direct && has_lobby) throw noLobbyOfTwo()
  const described = { conversation_id, is_direct, call_type, caller_id, has_lobby }
  const call = await insertCall(tx, { call_id: newId(), ...described, ringMs })
  if (!call) throw callGoesOn()
  await tellStarted(tx, call, context.kv)
  const before = { call, invites: [], participants: [], admissions: [], left: [], at: call.created_at }
  const after = begin(before, { ...person, calleeIds, busyIds: await listBusy(tx, calleeIds), resumeMs })
  await saveState(tx, { before, after }, context)
  return call.call_id
}
