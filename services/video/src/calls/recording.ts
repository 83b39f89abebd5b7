import { callEnded, mayNotRecord, nobodyAnswered } from '../errors.ts'
import { type CallState, findParticipant, isOver, withoutRecording } from './call-state.ts'
import { isModerator } from './moderation.ts'

/*
 * What hosts do about being recorded; in a call of two its caller is one. Each function takes the state under its lock
 * and answers the next one: the same where nothing changes.
 */

function assertMayRecord(state: CallState, userId: string): void {
  if (isOver(state)) throw callEnded()
  const participant = findParticipant(state, userId)
  if (!participant || !isModerator(participant)) throw mayNotRecord()
}

/** Has everybody recorded who is in a call; where that is so already, it goes on. */
export function startRecording(state: CallState, { by, recordingId }: { by: string; recordingId: string }): CallState {
  assertMayRecord(state, by)
  if (state.call.status === 'ringing') throw nobodyAnswered()
  if (state.call.recording_id !== null) return state
  const recording = { recording_id: recordingId, recording_status: 'waiting', recording_by: by } as const
  return { ...state, call: { ...state.call, ...recording, recording_at: state.at } }
}

/** Notes that a recording had its turn and has begun; nothing where it is another one by now. */
export function beginRecording(state: CallState, recordingId: string): CallState {
  const { call } = state
  if (call.recording_id !== recordingId || call.recording_status === 'recording') return state
  return { ...state, call: { ...call, recording_status: 'recording' } }
}

/** Has nobody recorded any more, as a host. */
export function stopRecording(state: CallState, by: string): CallState {
  assertMayRecord(state, by)
  const call = withoutRecording(state.call)
  return call === state.call ? state : { ...state, call }
}

/** Ends a recording that cannot go on; nothing where it is another one by now. */
export function giveUpRecording(state: CallState, recordingId: string): CallState {
  if (state.call.recording_id !== recordingId) return state
  return { ...state, call: withoutRecording(state.call) }
}
