import type { UserFrame } from '@secureconnect/protocol'
import type { CallRow } from '../stores/calls.ts'
import type { InviteRow } from '../stores/invites.ts'

/** What the sockets of a callee hear when it rings no more. */
export function toStoppedFrame({ call_id, conversation_id }: CallRow, invite: InviteRow): UserFrame {
  const { status, answered_by: session_id } = invite
  if (status === 'ringing' || status === 'busy') throw new Error(`A call does not stop ringing by being ${status}`)
  return { type: 'call.stopped', call_id, conversation_id, reason: status, session_id }
}

function toEvent(call: CallRow) {
  const { call_id, conversation_id, call_type, caller_id } = call
  return { conversation_id, data: { call_id, call_type, caller_id } }
}

/** What the conversation's log says when somebody calls. */
export function toStartedEvent(call: CallRow) {
  return { kind: 'call.started', ...toEvent(call) }
}

/** What it says when the call is over. */
export function toEndedEvent(call: CallRow) {
  const { status, answered_at, ended_at } = call
  const durationMs = answered_at && ended_at ? ended_at.getTime() - answered_at.getTime() : null
  const { conversation_id, data } = toEvent(call)
  const duration_seconds = durationMs === null ? null : Math.round(durationMs / 1_000)
  return { kind: 'call.ended', conversation_id, data: { ...data, status, duration_seconds } }
}
