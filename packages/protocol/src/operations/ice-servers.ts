import { type Static, Type } from 'typebox'
import { operations } from '../operation.ts'

/** As `RTCPeerConnection` takes it. */
export const IceServer = Type.Object({
  urls: Type.Array(Type.String()),
  username: Type.Optional(Type.String()),
  credential: Type.Optional(Type.String()),
})
export type IceServer = Static<typeof IceServer>

/** By which servers a device finds its way to a call. */
export const IceServers = Type.Object({
  ice_servers: Type.Array(IceServer),
  ttl: Type.Integer({ description: 'Seconds for which the credentials count; what is connected by then stays so' }),
  relay: Type.Boolean({ description: 'Whether there is a relay, for those whose network lets nothing else through' }),
})
export type IceServers = Static<typeof IceServers>

export const iceServers = operations('video-service', {
  list: {
    name: 'calls.ice-servers.list',
    summary: 'By which servers to connect to calls, with credentials for the next minutes',
    method: 'GET',
    path: '/v1/calls/ice-servers',
    caller: 'user',
    answer: { 200: IceServers },
  },
})
