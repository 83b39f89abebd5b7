import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { MediaSource, RtpCapabilities, RtpParameters, SignalingReply } from '@secureconnect/protocol'
import { countPackets, MediaLine, rtpPacket } from '@secureconnect/test/media'
import { type FrameOf, TestSocket } from './test-socket.ts'
import type { Person } from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }
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
  static async join(t: Cleanup, at: { address: string }, person: Person, joining: Joining): Promise<TestPeer> {
    const socket = await TestSocket.open(t, at, person)
    const peer = new TestPeer(t, socket)
    await peer.join(joining)
    return peer
  }

  socket: TestSocket
  joined: SignalingReply<'join'> | undefined
  readonly received = countPackets()
  readonly #t: Cleanup
  readonly #lines = new Map<'send' | 'recv', { transportId: string; line: MediaLine }>()
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

  async join({ callId, resume }: Joining): Promise<SignalingReply<'join'>> {
    const resumption = resume && { resume_token: resume.token, last_seq: resume.seq }
    this.joined = await this.socket.ask('join', { call_id: callId, rtp_capabilities: rtpCapabilities, ...resumption })
    return this.joined
  }

  /** Takes another socket, as after a line that was gone; the media lines stay. */
  async resumeOn(at: { address: string }, person: Person, callId: string): Promise<SignalingReply<'join'>> {
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
    const line = await MediaLine.create(direction)
    this.#lines.get(direction)?.line.close()
    this.#lines.set(direction, { transportId: transport_id, line })
    line.onPacket((packet) => this.received.note(packet))
    await this.socket.ask('transport.connect', { transport_id, dtls_parameters: line.dtlsParameters })
    await line.connect({
      iceParameters: ice_parameters,
      iceCandidates: ice_candidates,
      dtlsParameters: dtls_parameters,
    })
    return transport_id
  }

  /** Publishes a microphone or a camera and sends packets from then on. */
  async publish(source: MediaSource = 'mic'): Promise<string> {
    const kind = source === 'mic' || source === 'screen_audio' ? 'audio' : 'video'
    const known = this.#lines.get('send')
    const transport_id = known?.transportId ?? (await this.connect('send'))
    const ssrc = nextSsrc++
    const rtp_parameters = describeStream(kind, ssrc)
    const { producer_id } = await this.socket.ask('produce', { transport_id, kind, source, rtp_parameters })
    const payloadType = rtp_parameters.codecs[0]?.payloadType ?? 0
    let sequence = 0
    const timer = setInterval(() => {
      sequence += 1
      this.#lines.get('send')?.line.send(rtpPacket({ ssrc, payloadType, sequence, timestamp: sequence * 960 }))
    }, packetEveryMs)
    this.#sending.push(timer)
    return producer_id
  }

  /** The offer of a stream; the first that came, and comes, of somebody's. */
  offer(from: { id: string }, source: MediaSource = 'mic', withinMs?: number): Promise<FrameOf<'consumer.new'>> {
    const isIt = (frame: FrameOf<'consumer.new'>) => frame.participant_id === from.id && frame.source === source
    return this.socket.next('consumer.new', isIt, withinMs)
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
