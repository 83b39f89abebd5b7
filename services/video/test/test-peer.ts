import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { EnteredRoom, MediaSource, RtpCapabilities, RtpParameters } from '@secureconnect/protocol'
import {
  audioLevel,
  countPackets,
  type IceServer,
  isRtp,
  type LossyRelay,
  MediaLine,
  ReceptionReport,
  rtpPacket,
  senderReport,
  vp8KeyFrame,
} from '@secureconnect/test/media'
import { type At, type FrameOf, TestSocket } from './test-socket.ts'
import type { Person } from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Size = { width: number; height: number }
type Joining = { callId: string; resume?: { token: string; seq: number } }

const microphone = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }
const camera = { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }
const packetEveryMs = 20
let nextSsrc = 1_000

/** Hears Opus and sees VP8, as every browser does. */
export const rtpCapabilities: RtpCapabilities = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
    { kind: 'video', mimeType: 'video/VP8', preferredPayloadType: 101, clockRate: 90_000 },
  ],
  headerExtensions: [],
}

export function describeStream(kind: 'audio' | 'video', ssrc: number): RtpParameters {
  return { codecs: [kind === 'audio' ? microphone : camera], encodings: [{ ssrc }], rtcp: { cname: `peer ${ssrc}` } }
}

/** Somebody in a call, with lines over which media really go. */
export class TestPeer {
  static async join(t: Cleanup, at: At, person: Pick<Person, 'token'>, joining: Joining): Promise<TestPeer> {
    const socket = await TestSocket.open(t, at, person)
    const peer = new TestPeer(t, socket)
    await peer.join(joining)
    return peer
  }

  socket: TestSocket
  joined: EnteredRoom | undefined
  /** Where the server takes media from him. */
  port: number | undefined
  /** By which his next lines go. */
  relay: LossyRelay | undefined
  /** By which alone his next lines go, where there are any. */
  turnServers: readonly IceServer[] = []
  readonly received = countPackets()
  readonly #t: Cleanup
  readonly #lines = new Map<'send' | 'recv', { transportId: string; line: MediaLine }>()
  readonly #watchers = new Set<(packet: Buffer) => void>()
  readonly #published = new Map<MediaSource, RtpParameters>()
  #sending: NodeJS.Timeout[] = []

  constructor(t: Cleanup, socket: TestSocket) {
    this.#t = t
    this.socket = socket
    t.after(() => this.hangUp())
  }

  get id(): string {
    assert.ok(this.joined)
    return this.joined.participant_id
  }

  async join({ callId, resume }: Joining): Promise<EnteredRoom> {
    const resumption = resume && { resume_token: resume.token, last_seq: resume.seq }
    this.joined = await this.socket.enter({ call_id: callId, rtp_capabilities: rtpCapabilities, ...resumption })
    return this.joined
  }

  /** Takes another socket, as after a line that was gone; the media lines stay. */
  async resumeOn(at: At, person: Pick<Person, 'token'>, callId: string): Promise<EnteredRoom> {
    assert.ok(this.joined)
    const resume = { token: this.joined.resume_token, seq: this.socket.seq }
    this.socket = await TestSocket.open(this.#t, at, person)
    return this.join({ callId, resume })
  }

  async connect(direction: 'send' | 'recv'): Promise<string> {
    const { transport_id, ice_parameters, ice_candidates, dtls_parameters } = await this.socket.ask(
      'transport.create',
      { direction },
    )
    this.port = ice_candidates[0]?.port
    const enter = async (port: number) => (await this.relay?.open(port)) ?? port
    const line = await MediaLine.create(direction, this.turnServers)
    this.#lines.get(direction)?.line.close()
    this.#lines.set(direction, { transportId: transport_id, line })
    line.onPacket((packet) => {
      this.received.note(packet)
      if (isRtp(packet)) for (const look of this.#watchers) look(packet)
    })
    await this.socket.ask('transport.connect', { transport_id, dtls_parameters: line.dtlsParameters })
    await line.connect({
      iceParameters: ice_parameters,
      iceCandidates: await Promise.all(
        ice_candidates.map(async (candidate) => ({ ...candidate, port: await enter(candidate.port) })),
      ),
      dtlsParameters: dtls_parameters,
    })
    return transport_id
  }

  /** What kind of address of his own each line goes from. */
  get ways(): (string | undefined)[] {
    return [...this.#lines.values()].map(({ line }) => line.way)
  }

  /** Asks once more to connect a transport as it is. */
  async reconnect(direction: 'send' | 'recv'): Promise<void> {
    const known = this.#lines.get(direction)
    assert.ok(known)
    const { transportId: transport_id, line } = known
    await this.socket.ask('transport.connect', { transport_id, dtls_parameters: line.dtlsParameters })
  }

  /** Publishes a microphone or a camera and sends packets from then on. */
  async publish(source: MediaSource = 'mic', level?: number): Promise<string> {
    const kind = source === 'mic' || source === 'screen_audio' ? 'audio' : 'video'
    const ssrc = nextSsrc++
    const headerExtensions = level === undefined ? [] : [audioLevel]
    const rtp_parameters = { ...describeStream(kind, ssrc), headerExtensions }
    const producer_id = await this.produce(source, rtp_parameters)
    const payloadType = rtp_parameters.codecs[0]?.payloadType ?? 0
    const payload = kind === 'video' ? vp8KeyFrame(100) : Buffer.alloc(100)
    this.#repeat((sequence, line) => {
      line.send(rtpPacket({ ssrc, payloadType, sequence, timestamp: sequence * 960, payload, level }))
    })
    return producer_id
  }

  /** Publishes a camera in three qualities; their packets are told apart by how many bytes they have. */
  async publishSimulcast(layerBytes: readonly number[], picture?: Size): Promise<string> {
    const layers = layerBytes.map((bytes) => ({ bytes, ssrc: nextSsrc++ }))
    const encodings = layers.map(({ ssrc }) => ({ ssrc, scalabilityMode: 'L1T1' }))
    const rtp_parameters = { codecs: [camera], encodings, rtcp: { cname: 'simulcast' } }
    const producer_id = await this.produce('camera', rtp_parameters, picture)
    this.#repeat((sequence, line) => {
      const timestamp = sequence * 1_800
      for (const { ssrc, bytes } of layers) {
        const { payloadType } = camera
        line.send(rtpPacket({ ssrc, payloadType, sequence, timestamp, payload: vp8KeyFrame(bytes) }))
        if (sequence % 10 === 1) line.send(senderReport({ ssrc, timestamp }))
      }
    })
    return producer_id
  }

  async produce(source: MediaSource, rtp_parameters: RtpParameters, picture?: Size): Promise<string> {
    const kind = source === 'mic' || source === 'screen_audio' ? 'audio' : 'video'
    const transport_id = this.#lines.get('send')?.transportId ?? (await this.connect('send'))
    const described = { transport_id, kind, source, rtp_parameters, ...picture } as const
    const { producer_id } = await this.socket.ask('produce', described)
    this.#published.set(source, rtp_parameters)
    return producer_id
  }

  /** Makes new lines in place of those that are gone, and publishes again, as after `media.reset`. */
  async rebuild(): Promise<void> {
    const directions = [...this.#lines.keys()]
    await Promise.all(directions.map((direction) => this.connect(direction)))
    for (const [source, rtp_parameters] of this.#published) await this.produce(source, rtp_parameters)
  }

  /** Sends one packet of what is published. */
  send(packet: Buffer): void {
    this.#lines.get('send')?.line.send(packet)
  }

  /** The offer of a stream; the first that came, and comes, of somebody's. */
  offer(from: { id: string }, source: MediaSource = 'mic', withinMs?: number): Promise<FrameOf<'consumer.new'>> {
    const isIt = (frame: FrameOf<'consumer.new'>) => frame.participant_id === from.id && frame.source === source
    return this.socket.nextOf('consumer.new', isIt, withinMs)
  }

  /** Takes an offer, and answers when media of it have come. */
  async receive({ consumer_id, rtp_parameters }: FrameOf<'consumer.new'>, withinMs?: number): Promise<number> {
    const { unknown } = await this.socket.ask('consumer.ready', { consumer_ids: [consumer_id] })
    assert.deepEqual(unknown, [])
    const ssrc = rtp_parameters.encodings?.[0]?.ssrc
    assert.ok(ssrc)
    await this.hear(ssrc, withinMs)
    return ssrc
  }

  count(ssrc: number): number {
    return this.received.bySsrc.get(ssrc) ?? 0
  }

  /** Waits until some more packets of a stream have come. */
  async hear(ssrc: number, withinMs = 5_000, packets = 5): Promise<void> {
    const wanted = this.count(ssrc) + packets
    for (const until = performance.now() + withinMs; this.count(ssrc) < wanted; ) {
      assert.ok(performance.now() < until, `${this.count(ssrc)} of ${wanted} packets came within ${withinMs} ms`)
      await delay(5)
    }
  }

  /** Looks at every packet of media that comes from now on. */
  watch(look: (packet: Buffer) => void): void {
    this.#watchers.add(look)
  }

  /** Waits for a packet of media that has what is wanted. */
  async packet(isWanted: (packet: Buffer) => boolean, withinMs = 5_000): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(new Error(`No such packet came within ${withinMs} ms`)), withinMs)
    const look = (packet: Buffer) => {
      if (isWanted(packet)) resolve()
    }
    this.#watchers.add(look)
    await promise.finally(() => {
      clearTimeout(timer)
      this.#watchers.delete(look)
    })
  }

  /** Says, as browsers do, how the sound that comes comes, often enough for a test. */
  reportReception(everyMs = 200): void {
    const reception = new ReceptionReport({ clockRate: microphone.clockRate })
    this.watch((packet) => reception.note(packet))
    const tell = () => {
      for (const report of reception.write()) this.#lines.get('recv')?.line.send(report)
    }
    this.#sending.push(setInterval(tell, everyMs))
  }

  #repeat(send: (sequence: number, line: MediaLine) => void): void {
    let sequence = 0
    const timer = setInterval(() => {
      const line = this.#lines.get('send')?.line
      sequence += 1
      if (line) send(sequence, line)
    }, packetEveryMs)
    this.#sending.push(timer)
  }

  stopSending(): void {
    for (const timer of this.#sending) clearInterval(timer)
    this.#sending = []
  }

  hangUp(): void {
    this.stopSending()
    for (const { line } of this.#lines.values()) line.close()
    this.#lines.clear()
  }
}
