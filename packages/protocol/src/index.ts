export { DeviceMessageFrame } from './chat-frames/devices.ts'
export { EventFrame, type EventKind, eventData } from './chat-frames/events.ts'
export { Position, Subscribed } from './chat-frames/following.ts'
export { PresenceFrame, TypingFrame } from './chat-frames/people.ts'
export { ReceiptFrame } from './chat-frames/receipts.ts'
export * from './chat-frames.ts'
export { type CloseReason, closeCodes } from './close-codes.ts'
export { ErrorBody, FieldFault, Meta, Success } from './envelope.ts'
export { type ErrorCode, errorStatus } from './error-codes.ts'
export * from './fields.ts'
export { fileTypes } from './file-types.ts'
export { deviceCookie, headers, isRequestId, refreshCookie } from './headers.ts'
export * from './health.ts'
export { lifetimes, limits } from './limits.ts'
export {
  type AnswerOf,
  type AnswerStatus,
  type BodyOf,
  type Caller,
  type Method,
  type Operation,
  operations,
  type ParamsOf,
  type Priority,
  type QueryOf,
} from './operation.ts'
export * from './operations/accounts.ts'
export * from './operations/admin.ts'
export * from './operations/commits.ts'
export * from './operations/conversations.ts'
export * from './operations/credentials.ts'
export * from './operations/devices.ts'
export * from './operations/factors.ts'
export * from './operations/files.ts'
export * from './operations/ice-servers.ts'
export * from './operations/key-backup.ts'
export * from './operations/keys.ts'
export * from './operations/messages.ts'
export * from './operations/notifications.ts'
export * from './operations/own-account.ts'
export * from './operations/people.ts'
export * from './operations/pins.ts'
export * from './operations/polls.ts'
export * from './operations/presence.ts'
export * from './operations/push.ts'
export * from './operations/reactions.ts'
export * from './operations/receipts.ts'
export * from './operations/recovery.ts'
export * from './operations/reports.ts'
export * from './operations/search.ts'
export * from './operations/sessions.ts'
export { Page, type PageEnd, pageQuery } from './paging.ts'
export { type Rate, type RateClass, rateClasses } from './rate-classes.ts'
export { type ServiceName, serviceNames, services } from './services.ts'
export { MediaSource, RoomParticipant } from './signaling-frames/joining.ts'
export { DtlsParameters, MediaKind, RtpCapabilities, RtpParameters } from './signaling-frames/rtp.ts'
export * from './signaling-frames.ts'
export * from './sockets.ts'
export { allOperations } from './table.ts'
