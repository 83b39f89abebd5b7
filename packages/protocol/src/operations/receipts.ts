import { type Static, Type } from 'typebox'
import { Strict, Uuid } from '../fields.ts'
import { operations } from '../operation.ts'
import { Seq } from './messages.ts'

/** How much of a conversation has come to somebody's devices, and how far he has read. */
export const Receipt = Type.Object({ user_id: Uuid, delivered_seq: Seq, read_seq: Seq })
export type Receipt = Static<typeof Receipt>

/** Whoever does not show his receipts sees nobody's. */
export const ReceiptPreferences = Strict({ show_receipts: Type.Boolean() })

export const Delivered = Strict({ conversation_id: Uuid, seq: Seq })
export const DeliveryState = Type.Object({ conversation_id: Uuid, delivered_seq: Seq })
export type DeliveryState = Static<typeof DeliveryState>

export const receipts = operations('chat-service', {
  getPreferences: {
    name: 'chat.receipt.preferences',
    summary: 'Whether one shows others what one has got and read',
    method: 'GET',
    path: '/v1/receipts/preferences',
    caller: 'user',
    answer: { 200: ReceiptPreferences },
  },
  setPreferences: {
    name: 'chat.receipt.set-preferences',
    summary: 'Show others what one has got and read, or not: then one sees nothing of theirs',
    method: 'PATCH',
    path: '/v1/receipts/preferences',
    caller: 'user',
    body: ReceiptPreferences,
    answer: { 200: ReceiptPreferences },
  },
  deliver: {
    name: 'chat.message.delivered',
    summary:
      'Say how much has come to a device of one’s own; never moves back, and is kept in small conversations only',
    method: 'POST',
    path: '/v1/messages/delivered',
    caller: 'user',
    priority: 'droppable',
    body: Delivered,
    answer: { 200: DeliveryState },
    errors: ['CONVERSATION_NOT_FOUND'],
    audit: { resource: 'conversation', action: 'read' },
  },
  listOfConversation: {
    name: 'chat.receipt.conversation',
    summary: 'How far the others of a small conversation have read, as far as they show it',
    method: 'GET',
    path: '/v1/conversations/:conversation_id/receipts',
    caller: 'user',
    params: Strict({ conversation_id: Uuid }),
    answer: { 200: Type.Object({ receipts: Type.Array(Receipt) }) },
    errors: ['CONVERSATION_NOT_FOUND', 'LIMIT_REACHED'],
    audit: { resource: 'conversation', action: 'read' },
  },
  listOfMessage: {
    name: 'chat.receipt.message',
    summary: 'Who of the others got a message, and who has read it, as far as they show it',
    method: 'GET',
    path: '/v1/messages/:message_id/receipts',
    caller: 'user',
    params: Strict({ message_id: Uuid }),
    answer: { 200: Type.Object({ delivered_to: Type.Array(Uuid), read_by: Type.Array(Uuid) }) },
    errors: ['MESSAGE_NOT_FOUND', 'CONVERSATION_NOT_FOUND', 'LIMIT_REACHED', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'message', action: 'read' },
  },
})
