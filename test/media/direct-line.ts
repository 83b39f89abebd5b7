import { PeerConnection, type Track, Video } from 'node-datachannel'

const payloadType = 96

/** Two ends with nothing between them, over which raw packets go as over lines to a server. */
export class DirectLine {
  static async open(): Promise<DirectLine> {
    const settings = { iceServers: [], bindAddress: '127.0.0.1' }
    const [near, far] = [new PeerConnection('near', settings), new PeerConnection('far', settings)]
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.onLocalDescription((sdp, type) => other.setRemoteDescription(sdp, type))
      one.onLocalCandidate((candidate, mid) => other.addRemoteCandidate(candidate, mid))
    }
    const { promise: received, resolve } = Promise.withResolvers<Track>()
    far.onTrack(resolve)
    const video = new Video('0', 'SendOnly')
    video.addVP8Codec(payloadType)
    const track = near.addTrack(video)
    const opened = new Promise<void>((done) => track.onOpen(done))
    near.setLocalDescription('offer')
    const [incoming] = await Promise.all([received, opened])
    return new DirectLine({ track, incoming, connections: [near, far] })
  }

  readonly #track: Track
  readonly #incoming: Track
  readonly #connections: readonly PeerConnection[]

  private constructor(options: { track: Track; incoming: Track; connections: readonly PeerConnection[] }) {
    this.#track = options.track
    this.#incoming = options.incoming
    this.#connections = options.connections
  }

  send(packet: Buffer): void {
    this.#track.sendMessageBinary(packet)
  }

  onPacket(listener: (packet: Buffer) => void): void {
    this.#incoming.onMessage(listener)
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}
