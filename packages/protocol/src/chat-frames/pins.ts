import { Type } from 'typebox'
import { Uuid } from '../fields.ts'
import { Seq } from '../operations/messages.ts'

const PinChange = Type.Object({ message_id: Uuid, target_seq: Seq, by: Uuid })

export const pinEvents = { 'pin.added': PinChange, 'pin.removed': PinChange } as const
