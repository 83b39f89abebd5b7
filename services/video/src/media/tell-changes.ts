import { isDeepStrictEqual } from 'node:util'
import type { CallState } from '../calls/call-state.ts'
import { toCallFor, toCallRecording } from '../calls/to-call.ts'
import type { CallRow } from '../stores/calls.ts'
import type { Participant } from './participant.ts'

/** Whether the call is another than before to those who are in it. */
function isOtherCall(before: CallRow, { status, is_locked, has_lobby }: CallRow): boolean {
  return before.status !== status || before.is_locked !== is_locked || before.has_lobby !== has_lobby
}

/** Tells people what of their call is another than before. */
export function tellChanges(people: readonly Participant[], before: CallRow, state: CallState): void {
  if (isOtherCall(before, state.call)) {
    for (const one of people) one.push({ type: 'call.state', call: toCallFor(state, one.userId) })
  }
  const recording = toCallRecording(state.call)
  // Nobody is recorded without being told, and nobody who is told so is told late.
  if (isDeepStrictEqual(recording, toCallRecording(before))) return
  for (const one of people) one.push({ type: 'recording.state', recording })
}
