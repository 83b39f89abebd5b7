import type { Context } from '../context.ts'
import type { CallState } from './call-state.ts'
import { type Changing, changeCall, changeCallIn } from './change-call.ts'
import { cancel, decline, end, leave, noteAway, noteBack, noteRoomLost, type Person } from './transitions.ts'

type Needed = Changing & Pick<Context, 'config'>
type OfCall = { callId: string; userId: string }

export function leaveCall(context: Changing, place: OfCall): Promise<CallState> {
  return changeCall(context, place, (state) => leave(state, place.userId))
}

/** Ends a call for everybody, as who may. */
export function endCall(context: Changing, place: OfCall): Promise<CallState> {
  return changeCall(context, place, (state) => end(state, place.userId))
}

export function cancelCall(context: Changing, place: OfCall): Promise<CallState> {
  return changeCall(context, place, (state) => cancel(state, place.userId))
}

export function declineCall(context: Changing, { callId, ...person }: Person & { callId: string }): Promise<CallState> {
  return changeCall(context, { callId, userId: person.userId }, (state) => decline(state, person))
}

type Connection = { callId: string; participantId: string; connection: number }

/** Notes that a connection is gone; undefined where there is no such call. */
export function noteParticipantAway(
  context: Needed,
  { callId, ...connection }: Connection,
): Promise<CallState | undefined> {
  const { callResumeMs } = context.config
  const change = (state: CallState) => noteAway(state, connection, callResumeMs)
  return context.sql.transaction((tx) => changeCallIn(tx, context, { place: { callId }, change }))
}

type Back = { callId: string; participantId: string; sessionId: string }

/**
 * Notes that somebody is connected, with a number for this connection in his row; to be called while this process holds
 * the call's room. Who has left meanwhile is not among the participants of the answer.
 */
export function noteParticipantBack(context: Changing, { callId, ...back }: Back): Promise<CallState | undefined> {
  const change = (state: CallState) => noteBack(state, back)
  return context.sql.transaction((tx) => changeCallIn(tx, context, { place: { callId }, change }))
}

/** Has the time for coming back begin anew for everybody, because the room is ready only now. */
export function noteRoomReady(context: Needed, callId: string): Promise<CallState | undefined> {
  const change = (state: CallState) => noteRoomLost(state, context.config.callResumeMs)
  return context.sql.transaction((tx) => changeCallIn(tx, context, { place: { callId }, change }))
}
