import type { CallType, UserFrame } from '@secureconnect/protocol'

type RingingCall = {
  call_id: string
  conversation_id: string
  call_type: CallType
  caller_id: string
  created_at: Date
  rings_until: Date
}

/** What the sockets of somebody hear when a call rings at him. */
export function toRingingFrame(call: RingingCall): UserFrame {
  const { call_id, conversation_id, call_type, caller_id, created_at, rings_until } = call
  return {
    type: 'call.ringing',
    call_id,
    conversation_id,
    call_type,
    caller_id,
    created_at: created_at.toISOString(),
    rings_until: rings_until.toISOString(),
  }
}
