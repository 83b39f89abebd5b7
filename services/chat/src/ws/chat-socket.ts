import { sockets } from '@secureconnect/protocol'
import { socketEndpoint } from '@secureconnect/service'
import type { Context } from '../context.ts'

/** The socket of people's conversations. */
export const chatSocket = socketEndpoint<Context>({
  socket: sockets.chat,
  rate: { perSecond: 10, burst: 30 },
  maxConnections: ({ config }) => config.wsMaxChatConnections,
  createHandlers: () => ({}),
})
