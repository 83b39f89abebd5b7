export type {
  AccountExport,
  AuditEntry,
  BlockedUser,
  Conversation,
  Device,
  EventFrame,
  EventKind,
  FirebaseWebApp,
  ManagedUser,
  Message,
  OwnConversation,
  Participant,
  Position,
  Presence,
  PushToken,
  Report,
  ServiceHealth,
  Session,
  StoredFile,
  User,
} from '@secureconnect/protocol'
export type { Access } from './access.ts'
export type { Chat, ChatEvents } from './chat/chat.ts'
export { createClientId, type Draft, type QueuedSend, type Unreadable, type Unsent } from './chat/send-queue.ts'
export type { Positions } from './chat/subscriptions.ts'
export { type Client, type ClientOptions, createClient } from './client.ts'
export { ApiError, ConnectionError, isTemporary } from './errors.ts'
export type { Files, NewFile, TransferOptions } from './files/files.ts'
export { insist } from './insist.ts'
export type { CallOptions, InputOf, Rest } from './rest.ts'
export type { LinkState } from './socket/link.ts'
export { createBrowserStorage, createMemoryStorage, type Storage } from './storage.ts'
