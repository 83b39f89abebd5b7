import { type Static, Type } from 'typebox'
import { Strict, Uuid } from '../fields.ts'
import { Delivered, DeliveryState, Receipt } from '../operations/receipts.ts'
import { RequestId } from '../sockets.ts'

export const receiptRequests = {
  delivered: {
    frame: Strict({ type: Type.Literal('delivered'), id: RequestId, ...Delivered.properties }),
    reply: DeliveryState,
  },
} as const

export const ReceiptFrame = Type.Object({
  type: Type.Literal('receipt'),
  conversation_id: Uuid,
  receipts: Type.Array(Receipt),
})
export type ReceiptFrame = Static<typeof ReceiptFrame>
