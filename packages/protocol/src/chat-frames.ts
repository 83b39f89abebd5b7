import { type Static, type TSchema, Type } from 'typebox'
import { CallRingingFrame, CallStoppedFrame } from './chat-frames/calls.ts'
import { commitRequests } from './chat-frames/commits.ts'
import { ConversationAddedFrame, ConversationRemovedFrame } from './chat-frames/conversations.ts'
import { DeviceListChangedFrame, DeviceMessageFrame, deviceRequests, KeysLowFrame } from './chat-frames/devices.ts'
import { EventFrame } from './chat-frames/events.ts'
import { followingRequests } from './chat-frames/following.ts'
import { messageRequests } from './chat-frames/messages.ts'
import { NotificationFrame } from './chat-frames/notifications.ts'
import { PresenceFrame, peopleRequests, TypingFrame } from './chat-frames/people.ts'
import { pollRequests } from './chat-frames/polls.ts'
import { reactionRequests } from './chat-frames/reactions.ts'
import { ReceiptFrame, receiptRequests } from './chat-frames/receipts.ts'

/** What a client may ask on the chat socket, and what the reply holds. */
export const chatRequests = {
  ...followingRequests,
  ...messageRequests,
  ...reactionRequests,
  ...pollRequests,
  ...receiptRequests,
  ...peopleRequests,
  ...deviceRequests,
  ...commitRequests,
} as const
export type ChatRequestType = keyof typeof chatRequests
export type ChatRequest<T extends ChatRequestType = ChatRequestType> = Static<(typeof chatRequests)[T]['frame']>
type ReplySchema<T extends ChatRequestType> = (typeof chatRequests)[T]['reply']
/** The data of a request's reply; undefined where there is none. */
export type ChatReply<T extends ChatRequestType> = ReplySchema<T> extends TSchema ? Static<ReplySchema<T>> : undefined

/** What is told to all sockets of one person, wherever they are. */
export const UserFrame = Type.Union([
  ConversationAddedFrame,
  ConversationRemovedFrame,
  DeviceListChangedFrame,
  KeysLowFrame,
  NotificationFrame,
  CallRingingFrame,
  CallStoppedFrame,
])
export type UserFrame = Static<typeof UserFrame>

/** What the server may send on the chat socket beside the common frames. */
export const ChatServerFrame = Type.Union([
  ...EventFrame.anyOf,
  TypingFrame,
  ReceiptFrame,
  PresenceFrame,
  DeviceMessageFrame,
  ...UserFrame.anyOf,
])
export type ChatServerFrame = Static<typeof ChatServerFrame>
