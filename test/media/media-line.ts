import { type IceServer, PeerConnection, type Track, Video } from 'node-datachannel'

type Candidate = { foundation: string; priority: number; address: string; protocol: string; port: number; type: string }
type Fingerprint = { algorithm: string; value: string }

/** The server's end of a transport, as mediasoup describes it. */
export type RemoteEnd = {
  iceParameters: { usernameFragment: string; password: string }
  iceCandidates: readonly Candidate[]
  dtlsParameters: { fingerprints: readonly Fingerprint[] }
}

const algorithm = 'sha-256'
const payloadType = 96

/** What a browser would have been told; everything that comes is for the one track there is. */
function describeRemote({ iceParameters, iceCandidates, dtlsParameters }: RemoteEnd, direction: string): string {
  const key = dtlsParameters.fingerprints.find((fingerprint) => fingerprint.algorithm === algorithm)
  if (!key) throw new Error('The transport has no SHA-256 fingerprint')
  const candidates = iceCandidates
    .filter(({ protocol }) => protocol === 'udp')
    .map(({ foundation, priority, address, port, type }) => {
      return `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ ${type}`
    })
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=ice-lite',
    'a=group:BUNDLE 0',
    `a=fingerprint:${algorithm} ${key.value}`,
    'a=setup:passive',
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    `a=${direction}`,
    'a=rtcp-mux',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    `a=rtpmap:${payloadType} VP8/90000`,
    ...candidates,
    'a=end-of-candidates',
  ]
  return `${lines.join('\r\n')}\r\n`
}

/** One connection by ICE, DTLS and SRTP to a transport of ours, over which raw packets go: as many streams as one likes. */
export class MediaLine {
  /**
   * Makes the own end; `dtlsParameters` tell the server of it before `connect`. With relays it stays at this machine's own
   * address, from which it reaches what listens there, and no other one.
   */
  static async create(direction: 'send' | 'recv', relays: readonly IceServer[] = []): Promise<MediaLine> {
    const place = relays.length > 0 ? { bindAddress: '127.0.0.1' } : {}
    const settings = { iceServers: [...relays], disableAutoNegotiation: true, ...place }
    const connection = new PeerConnection('peer', settings)
    // Who receives sends too: what he says of what came.
    const video = new Video('0', direction === 'send' ? 'SendOnly' : 'SendRecv')
    video.addVP8Codec(payloadType)
    const track = connection.addTrack(video)
    const { promise, resolve } = Promise.withResolvers<string>()
    connection.onLocalDescription((sdp) => resolve(sdp))
    connection.setLocalDescription('offer')
    const [, value] = /a=fingerprint:sha-256 (\S+)/i.exec(await promise) ?? []
    if (value === undefined) throw new Error('The peer has no SHA-256 fingerprint')
    return new MediaLine({ connection, track, direction, fingerprints: [{ algorithm, value }] })
  }

  readonly dtlsParameters: { role: 'client'; fingerprints: { algorithm: typeof algorithm; value: string }[] }
  readonly #connection: PeerConnection
  readonly #track: Track
  readonly #direction: 'send' | 'recv'

  private constructor(options: {
    connection: PeerConnection
    track: Track
    direction: 'send' | 'recv'
    fingerprints: { algorithm: typeof algorithm; value: string }[]
  }) {
    this.#connection = options.connection
    this.#track = options.track
    this.#direction = options.direction
    this.dtlsParameters = { role: 'client', fingerprints: options.fingerprints }
  }

  /** Resolves once packets can go. */
  async connect(remote: RemoteEnd): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#track.onOpen(resolve)
    this.#connection.onStateChange((state) => {
      if (state === 'failed' || state === 'closed') reject(new Error(`The line is ${state}`))
    })
    this.#connection.setRemoteDescription(
      describeRemote(remote, this.#direction === 'send' ? 'recvonly' : 'sendrecv'),
      'answer',
    )
    await promise
  }

  send(packet: Buffer): void {
    if (this.#track.isOpen()) this.#track.sendMessageBinary(packet)
  }

  onPacket(listener: (packet: Buffer) => void): void {
    this.#track.onMessage(listener)
  }

  /** What kind of address of one's own the media go from: `host`, or `relay`. */
  get way(): string | undefined {
    return this.#connection.getSelectedCandidatePair()?.local.type
  }

  close(): void {
    this.#connection.close()
  }
}
