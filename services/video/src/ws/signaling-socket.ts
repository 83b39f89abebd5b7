import { limits, sockets } from '@secureconnect/protocol'
import { socketEndpoint } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { createHandlers } from './dispatch.ts'

/** The socket of people's calls. */
export const signalingSocket = socketEndpoint<Context>({
  socket: sockets.signaling,
  rate: limits.signalingFrames,
  maxConnections: ({ config }) => config.wsMaxSignalingConnections,
  createHandlers,
  follow: ({ rooms }) => rooms,
  // Who is in a call that has to wait for its end comes back to it.
  opensWhileDraining: ({ rooms }) => rooms.count > 0,
})
