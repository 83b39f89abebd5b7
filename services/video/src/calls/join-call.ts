import { assertNotBlocked } from '@secureconnect/directory'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { findLastStay, findMemberSince, type ParticipantRow } from '../stores/participants.ts'
import { join, type Person, type Terms } from './attendance.ts'
import { type CallState, findAdmission, findParticipant } from './call-state.ts'
import { type Changing, changeCall } from './change-call.ts'
import { accept } from './ringing.ts'

type Needed = Changing & Pick<Context, 'config'>
type Joining = Person & { callId: string }
/** Nobody where somebody has to be let in first. */
export type Joined = CallState & { participant: ParticipantRow | undefined }

/** In a call of two nobody talks with somebody whom he blocks; in groups they meet all the same. */
async function assertMayTalk(tx: Transaction, { call, invites }: CallState, userId: string): Promise<void> {
  if (!call.is_direct) return
  const people = [call.caller_id, ...invites.map(({ user_id }) => user_id)]
  for (const other of people) if (other !== userId) await assertNotBlocked(tx, userId, other)
}

type Entry = (state: CallState, person: Person, terms: Terms) => CallState

async function enter(context: Needed, { callId, ...person }: Joining, entry: Entry): Promise<Joined> {
  const { maxCallParticipants: maxParticipants, callResumeMs: resumeMs, callLobbyMs: lobbyMs } = context.config
  const state = await changeCall(context, { callId, userId: person.userId }, async (before, tx) => {
    await assertMayTalk(tx, before, person.userId)
    const lastStay = await findLastStay(tx, { callId, userId: person.userId })
    // Only at a door it matters.
    const memberSince = before.call.has_lobby ? await findMemberSince(tx, { callId, userId: person.userId }) : undefined
    return entry(before, { ...person, memberSince, lastStay }, { maxParticipants, resumeMs, lobbyMs })
  })
  const participant = findParticipant(state, person.userId)
  const isWaiting = findAdmission(state, person.userId)?.status === 'waiting'
  // Who comes is there, unless that very moment ended the call.
  if (!participant && !isWaiting) throw new Error(`Nobody came into call ${callId}`)
  return { ...state, participant }
}

/** Brings somebody into a call or its lobby, for the first time or again; where it rings at him, that answers it. */
export function joinCall(context: Needed, joining: Joining): Promise<Joined> {
  return enter(context, joining, join)
}

/** Answers a call on one device: the others of the same person are too late. */
export function acceptCall(context: Needed, joining: Joining): Promise<Joined> {
  return enter(context, joining, accept)
}
