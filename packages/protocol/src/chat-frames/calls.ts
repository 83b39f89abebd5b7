import { Type } from 'typebox'
import { CallStatus, CallType } from '../call.ts'
import { Nullable, Timestamp, Uuid } from '../fields.ts'

export const callEvents = {
  'call.started': Type.Object({ call_id: Uuid, call_type: CallType, caller_id: Uuid }),
  'call.ended': Type.Object({
    call_id: Uuid,
    call_type: CallType,
    caller_id: Uuid,
    status: CallStatus,
    duration_seconds: Nullable(Type.Integer({ description: 'Since it was answered; null where it was not' })),
  }),
} as const

/** That a call rings, for all sockets of whom it rings at; what rings still is told to each new socket. */
export const CallRingingFrame = Type.Object({
  type: Type.Literal('call.ringing'),
  call_id: Uuid,
  conversation_id: Uuid,
  call_type: CallType,
  caller_id: Uuid,
  created_at: Timestamp,
  rings_until: Timestamp,
})

/** That it rings no more. */
export const CallStoppedFrame = Type.Object({
  type: Type.Literal('call.stopped'),
  call_id: Uuid,
  conversation_id: Uuid,
  reason: Type.Union([
    Type.Literal('accepted'),
    Type.Literal('declined'),
    Type.Literal('missed'),
    Type.Literal('cancelled'),
  ]),
  session_id: Nullable(Uuid, { description: 'The sign-in that answered; null where none did' }),
})
