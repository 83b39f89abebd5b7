import type { Context } from '../context.ts'
import { noteAway, noteBack, noteRoomLost } from './attendance.ts'
import type { CallState } from './call-state.ts'
import { type Changing, changeCallIn } from './change-call.ts'

/*
 * What rooms find out about the people in them. Each answers how the call stands then, undefined where there is no such
 * call.
 */

type Needed = Changing & Pick<Context, 'config'>

function change(context: Changing, callId: string, next: (state: CallState) => CallState) {
  return context.sql.transaction((tx) => changeCallIn(tx, context, { place: { callId }, change: next }))
}

type Away = { callId: string; participantId: string; connection: number }

/** Notes that a connection is gone, which means nothing where a newer one has taken its place. */
export function noteParticipantAway(context: Needed, { callId, ...connection }: Away): Promise<CallState | undefined> {
  return change(context, callId, (state) => noteAway(state, connection, context.config.callResumeMs))
}

type Back = { callId: string; participantId: string; sessionId: string }

/**
 * Notes that somebody is connected, and numbers the connection in his row; to be called while this process has the room.
 * Who has left meanwhile is not among the participants of the answer.
 */
export function noteParticipantBack(context: Changing, { callId, ...back }: Back): Promise<CallState | undefined> {
  return change(context, callId, (state) => noteBack(state, back))
}

/** Has the time for coming back begin anew for everybody, because the room is ready only now. */
export function noteRoomReady(context: Needed, callId: string): Promise<CallState | undefined> {
  return change(context, callId, (state) => noteRoomLost(state, context.config.callResumeMs))
}
