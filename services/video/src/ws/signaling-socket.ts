import { sockets } from '@secureconnect/protocol'
import { socketEndpoint } from '@secureconnect/service'
import type { Context } from '../context.ts'

/** The socket of people's calls. */
export const signalingSocket = socketEndpoint<Context>({
  socket: sockets.signaling,
  rate: { perSecond: 50, burst: 500 },
  maxConnections: ({ config }) => config.wsMaxSignalingConnections,
  createHandlers: () => ({}),
})
