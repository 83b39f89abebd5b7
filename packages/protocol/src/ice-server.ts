import { Type } from 'typebox'

/** A server that helps to find a way through networks, as `RTCPeerConnection` takes it. */
export const IceServer = Type.Object({
  urls: Type.Array(Type.String()),
  username: Type.Optional(Type.String()),
  credential: Type.Optional(Type.String()),
})
