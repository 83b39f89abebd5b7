import { type Static, Type } from 'typebox'
import type { ErrorCode } from './error-codes.ts'
import { Strict, Timestamp, Uuid } from './fields.ts'
import { limits } from './limits.ts'
import type { ServiceName } from './services.ts'

/** One WebSocket endpoint: where it is and who serves it. */
export type Socket = Readonly<{ name: string; summary: string; service: ServiceName; paths: readonly `/${string}`[] }>

/** Whether this can be the name of a node with rooms of calls, as `?node=` says it where a socket is opened. */
export function isNodeName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(text)
}

/** The WebSocket endpoints that the gateway bridges. */
export const sockets = {
  chat: {
    name: 'chat.socket',
    summary: 'Conversations, typing and presence',
    service: 'chat-service',
    paths: ['/v1/ws/chat'],
  },
  signaling: {
    name: 'calls.socket',
    summary: 'Call signalling',
    service: 'video-service',
    paths: ['/v1/ws/signaling', '/v1/calls/ws/signaling'],
  },
} as const satisfies Record<string, Socket>

export const RequestId = Type.String({ minLength: 1, maxLength: limits.requestIdCharacters })

export const HelloFrame = Type.Object({
  type: Type.Literal('hello'),
  protocol: Type.Literal(1),
  connection_id: Uuid,
  heartbeat_ms: Type.Integer(),
  limits: Type.Object({ frame_bytes: Type.Integer(), malformed_frames: Type.Integer() }),
})
export type HelloFrame = Static<typeof HelloFrame>

export const ReadyFrame = Type.Object({
  type: Type.Literal('ready'),
  user_id: Uuid,
  session_id: Uuid,
  server_time: Timestamp,
})
export type ReadyFrame = Static<typeof ReadyFrame>

export const PingFrame = Type.Object({ type: Type.Literal('ping') })
export const NoticeFrame = Type.Object({
  type: Type.Literal('notice'),
  code: Type.Literal('reconnect'),
  after_ms: Type.Integer({ minimum: 0 }),
})

const token = Type.String({ minLength: 1, maxLength: limits.tokenCharacters })

export const AuthFrame = Strict({ type: Type.Literal('auth'), id: Type.Optional(RequestId), token })
export type AuthFrame = Static<typeof AuthFrame>
export const AuthRefreshFrame = Strict({ type: Type.Literal('auth.refresh'), id: RequestId, token })
export type AuthRefreshFrame = Static<typeof AuthRefreshFrame>
export const PongFrame = Strict({ type: Type.Literal('pong') })
export type PongFrame = Static<typeof PongFrame>

/** What a client may send on any socket, whatever else that socket offers. */
export const CommonClientFrame = Type.Union([AuthFrame, AuthRefreshFrame, PongFrame])
export type CommonClientFrame = Static<typeof CommonClientFrame>

export const ReplyFrame = Type.Union([
  Type.Object({ type: Type.Literal('reply'), id: RequestId, ok: Type.Literal(true), data: Type.Unknown() }),
  Type.Object({
    type: Type.Literal('reply'),
    id: Type.Optional(RequestId),
    ok: Type.Literal(false),
    error: Type.Object({
      code: Type.Unsafe<ErrorCode>(Type.String()),
      message: Type.String(),
      retry_after_ms: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
  }),
])
export type ReplyFrame = Static<typeof ReplyFrame>

/** What the server may send on any socket. */
export const CommonServerFrame = Type.Union([HelloFrame, ReadyFrame, PingFrame, NoticeFrame, ReplyFrame])
export type CommonServerFrame = Static<typeof CommonServerFrame>
