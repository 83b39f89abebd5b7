import { limits, sockets, Uuid } from '@secureconnect/protocol'
import { socketEndpoint } from '@secureconnect/service'
import { Type } from 'typebox'
import type { Context } from '../context.ts'
import { createHandlers } from './dispatch.ts'

/** The socket of people's conversations: of all, or of the one that it is opened for. */
export const chatSocket = socketEndpoint<Context>({
  socket: sockets.chat,
  rate: limits.chatFrames,
  maxConnections: ({ config }) => config.wsMaxChatConnections,
  query: Type.Object({ conversation_id: Type.Optional(Uuid) }),
  createHandlers,
  follow: ({ audience }) => audience,
})
