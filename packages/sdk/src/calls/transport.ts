import type { IceServer, MediaSource } from '@secureconnect/protocol'
import type { Device, types } from 'mediasoup-client'
import type { AskRoom, EnteredRoom } from './frames.ts'
import type { PictureSize } from './picture-sizes.ts'

/** Has all that is sent and received in an encrypted call go through what seals and opens it. */
export type FrameEncryption = {
  sends(sender: RTCRtpSender, source: MediaSource): void
  receives(receiver: RTCRtpReceiver, from: { participantId: string; source: MediaSource }): void
}

/** What it takes to reach the media of a call. */
export type Connectivity = {
  readonly device: Device
  readonly ask: AskRoom
  readonly iceServers: readonly IceServer[]
  readonly policy: EnteredRoom['ice_transport_policy']
  /** What one may send in all, in bits per second. */
  readonly getMostBitrate: () => number
  /** In an encrypted call alone. */
  readonly encryption?: FrameEncryption | undefined
}

/** What a transport is told of whatever is sent on it. */
export type Sending = { source: MediaSource; isMuted: boolean; picture: PictureSize | undefined }

const restarting = new WeakSet<types.Transport>()

/** Looks for another way through the network, while whatever is on the transport stays there. */
export async function restartIce(transport: types.Transport, ask: AskRoom): Promise<void> {
  if (transport.closed || restarting.has(transport)) return
  restarting.add(transport)
  try {
    const { ice_parameters: iceParameters } = await ask('transport.restart_ice', { transport_id: transport.id })
    await transport.restartIce({ iceParameters } as Parameters<typeof transport.restartIce>[0])
  } catch (error) {
    // One that was closed meanwhile needs no way; another has taken its place, or the call is over.
    if (!transport.closed) throw error
  } finally {
    restarting.delete(transport)
  }
}

function follow(transport: types.Transport, { ask, encryption }: Connectivity): void {
  const transport_id = transport.id
  transport.on('connect', ({ dtlsParameters }, done, fail) => {
    const dtls_parameters = dtlsParameters as Parameters<typeof ask<'transport.connect'>>[1]['dtls_parameters']
    ask('transport.connect', { transport_id, dtls_parameters }).then(done, fail)
  })
  transport.on('produce', ({ kind, rtpParameters, appData }, done, fail) => {
    const { source, isMuted, picture } = appData as Sending
    const rtp_parameters = rtpParameters as Parameters<typeof ask<'produce'>>[1]['rtp_parameters']
    const fields = {
      transport_id,
      kind,
      source,
      rtp_parameters,
      is_paused: isMuted,
      ...(encryption && { is_encrypted: true }),
      ...picture,
    }
    ask('produce', fields).then(({ producer_id: id }) => done({ id }), fail)
  })
  transport.on('connectionstatechange', (state) => {
    // What fails here for good is found out by the next request, and told there.
    if (state === 'disconnected' || state === 'failed') restartIce(transport, ask).catch(() => undefined)
  })
}

/** Makes a transport here and at the server; it mends itself when the network changes. */
export async function openTransport(direction: 'send' | 'recv', connectivity: Connectivity): Promise<types.Transport> {
  const { device, ask, iceServers, policy } = connectivity
  const { transport_id, ...described } = await ask('transport.create', { direction })
  // The contract and the library describe the same objects, with other words for what is left open.
  const options = {
    id: transport_id,
    iceParameters: described.ice_parameters,
    iceCandidates: described.ice_candidates,
    dtlsParameters: described.dtls_parameters,
    iceServers,
    iceTransportPolicy: policy,
  } as unknown as types.TransportOptions
  const transport = direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options)
  follow(transport, connectivity)
  return transport
}
