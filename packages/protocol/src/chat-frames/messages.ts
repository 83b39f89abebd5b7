import { Type } from 'typebox'
import { Strict, Timestamp, Uuid } from '../fields.ts'
import { EditMessage, Message, ReadConversation, ReadState, SendMessage, Seq } from '../operations/messages.ts'
import { RequestId } from '../sockets.ts'

export const messageEvents = {
  'message.created': Message,
  'message.edited': Type.Object({
    ...Type.Pick(Message, ['message_id', 'content', 'metadata', 'group_epoch']).properties,
    target_seq: Seq,
    edited_at: Timestamp,
  }),
  'message.deleted': Type.Object({
    message_id: Uuid,
    target_seq: Seq,
    deleted_at: Timestamp,
    deletion_reason: Message.properties.deletion_reason,
  }),
} as const

export const messageRequests = {
  'message.send': {
    frame: Strict({ type: Type.Literal('message.send'), id: RequestId, ...SendMessage.properties }),
    reply: Message,
  },
  'message.edit': {
    frame: Strict({ type: Type.Literal('message.edit'), id: RequestId, message_id: Uuid, ...EditMessage.properties }),
    reply: Message,
  },
  'message.delete': {
    frame: Strict({ type: Type.Literal('message.delete'), id: RequestId, message_id: Uuid }),
    reply: Message,
  },
  read: {
    frame: Strict({ type: Type.Literal('read'), id: RequestId, ...ReadConversation.properties }),
    reply: ReadState,
  },
} as const
