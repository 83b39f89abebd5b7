import { end, leave, type Person } from './attendance.ts'
import type { CallState } from './call-state.ts'
import { type Changing, changeCall } from './change-call.ts'
import { cancel, decline } from './ringing.ts'

type OfCall = { callId: string; userId: string }

/** Takes somebody out of a call; who is in none stays so. */
export function leaveCall(context: Changing, place: OfCall): Promise<CallState> {
  return changeCall(context, place, (state) => leave(state, place.userId))
}

/** Ends a call for everybody, as who may. */
export function endCall(context: Changing, place: OfCall): Promise<CallState> {
  return changeCall(context, place, (state) => end(state, place.userId))
}

/** Ends a call that nobody answered yet, as who called. */
export function cancelCall(context: Changing, place: OfCall): Promise<CallState> {
  return changeCall(context, place, (state) => cancel(state, place.userId))
}

/** Has a call ring no more at somebody, who does not come. */
export function declineCall(context: Changing, { callId, ...person }: Person & { callId: string }): Promise<CallState> {
  return changeCall(context, { callId, userId: person.userId }, (state) => decline(state, person))
}
