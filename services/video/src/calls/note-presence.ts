import type { Context } from '../context.ts'
import { roomElsewhere } from '../errors.ts'
import { expectMeasures } from '../stores/measures.ts'
import { hasRoom } from '../stores/rooms.ts'
import { type Line, noteBack, noteLines, noteRoomLost } from './attendance.ts'
import type { CallState } from './call-state.ts'
import { type Change, type Changing, changeCallIn } from './change-call.ts'

/*
 * What rooms find out about the people in them. Each answers how the call stands then, undefined where there is no such
 * call.
 */

type Needed = Changing & Pick<Context, 'config'>

function change(context: Changing, callId: string, next: Change) {
  return context.sql.transaction((tx) => changeCallIn(tx, context, { place: { callId }, change: next }))
}

type Noted = { callId: string; holder: string; lines: readonly Line[] }

/** Notes which lines to a room are there and which are gone; nothing where another process has the room by now. */
export function noteRoomLines(context: Needed, { callId, holder, lines }: Noted): Promise<CallState | undefined> {
  return change(context, callId, async (state, tx) =>
    (await hasRoom(tx, callId, holder)) ? noteLines(state, lines, context.config.callResumeMs) : state,
  )
}

type Back = { callId: string; holder: string; roomId: string; participantId: string; sessionId: string }

/**
 * Notes that somebody is connected to the room of a call, and numbers the connection in his row; refused where another
 * process has the room by now. Who has left meanwhile is not among the participants of the answer.
 */
export function noteParticipantBack(
  context: Changing,
  { callId, holder, roomId, ...back }: Back,
): Promise<CallState | undefined> {
  return change(context, callId, async (state, tx) => {
    if (!(await hasRoom(tx, callId, holder))) throw roomElsewhere()
    const next = noteBack(state, back)
    if (next !== state) await expectMeasures(tx, { callId, roomId, participantId: back.participantId })
    return next
  })
}

/** Has the time for coming back begin anew for everybody, because the room is ready only now. */
export function noteRoomReady(context: Needed, callId: string): Promise<CallState | undefined> {
  return change(context, callId, (state) => noteRoomLost(state, context.config.callResumeMs))
}
