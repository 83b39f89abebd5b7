import { limits } from '@secureconnect/protocol'
import { newId, type Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { encryptedCall, tooManyRecordings } from '../errors.ts'
import { endRecording, insertRecording, listRecordings } from '../stores/recordings.ts'
import type { CallState } from './call-state.ts'
import { changeCall } from './change-call.ts'
import type { Moderating } from './moderate-call.ts'
import { startRecording, stopRecording } from './recording.ts'

export type Recording = Moderating & Pick<Context, 'desk'>

type Place = { callId: string; userId: string }

/** Refuses where nobody but the members may know what is said, and where there are recordings enough. */
async function assertMayBeKept(tx: Transaction, { call }: CallState): Promise<void> {
  if (call.is_encrypted) throw encryptedCall()
  const most = limits.recordingsPerCall
  if ((await listRecordings(tx, call.call_id)).length >= most) throw tooManyRecordings(most)
}

/** Has everybody in a call recorded, who are told at once; it begins where the room is. */
export async function recordCall(context: Recording, place: Place): Promise<CallState> {
  const { callId, userId } = place
  const fault = await context.desk.program.findFault()
  const state = await changeCall(context, place, async (before, tx) => {
    const recordingId = newId()
    const after = startRecording(before, { by: userId, recordingId })
    if (after === before) return before
    if (fault) throw fault
    await assertMayBeKept(tx, before)
    const { conversation_id } = before.call
    await insertRecording(tx, { recording_id: recordingId, call_id: callId, conversation_id, started_by: userId })
    return after
  })
  context.rooms.hear(state)
  context.events.callModerated({ action: 'start_recording', callId, userId })
  return state
}

export async function stopRecordingCall(context: Moderating, place: Place): Promise<CallState> {
  const { callId, userId } = place
  const state = await changeCall(context, place, async (before, tx) => {
    const after = stopRecording(before, userId)
    const { recording_id: recordingId } = before.call
    if (after !== before && recordingId !== null) await endRecording(tx, recordingId, { reason: 'stopped', by: userId })
    return after
  })
  context.rooms.hear(state)
  context.events.callModerated({ action: 'stop_recording', callId, userId })
  return state
}
