import assert from 'node:assert/strict'
import { once } from 'node:events'
import type {
  SignalingPush,
  SignalingReply,
  SignalingRequest,
  SignalingRequestType,
  SignalingServerFrame,
} from '@secureconnect/protocol'
import { WebSocket } from 'ws'
import type { Person } from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Frame = { type: string } & Record<string, unknown>
type Body<T extends SignalingRequestType> = Omit<SignalingRequest<T>, 'type' | 'id'>
type Reply<T extends SignalingRequestType> =
  | { ok: true; data: SignalingReply<T> }
  | { ok: false; error: { code: string; message: string; retry_after_ms?: number } }
export type FrameOf<T extends SignalingServerFrame['type']> = Extract<SignalingServerFrame, { type: T }>

/** A signalling socket as a client has it. */
export class TestSocket {
  static async open(t: Cleanup, { address }: { address: string }, { token }: Pick<Person, 'token'>) {
    const url = `${address.replace('http', 'ws')}/v1/ws/signaling?node=video-1`
    const socket = new TestSocket(new WebSocket(url, { headers: { authorization: `Bearer ${token}` } }))
    t.after(() => socket.end())
    await socket.#next((frame) => frame.type === 'ready')
    return socket
  }

  /** All that came, oldest first. */
  readonly frames: Frame[] = []
  /** When the frames of each kind came. */
  readonly arrivals = new Map<string, number[]>()
  readonly closed: Promise<number>
  readonly ws: WebSocket
  #ids = 0

  private constructor(ws: WebSocket) {
    this.ws = ws
    ws.setMaxListeners(1_000)
    ws.on('message', (data) => {
      const frame: Frame = JSON.parse(data.toString())
      if (frame.type === 'ping') ws.send('{"type":"pong"}')
      this.frames.push(frame)
      this.arrivals.set(frame.type, [...(this.arrivals.get(frame.type) ?? []), performance.now()])
      ws.emit('frame', frame)
    })
    ws.on('error', () => undefined)
    this.closed = new Promise((done) => ws.once('close', done))
  }

  /** The number of the last push that came. */
  get seq(): number {
    return Math.max(0, ...this.frames.map(({ seq }) => (typeof seq === 'number' ? seq : 0)))
  }

  /** The pushes that came, in the order in which they did. */
  get pushes(): SignalingPush[] {
    return this.frames.filter(({ seq }) => typeof seq === 'number') as unknown as SignalingPush[]
  }

  /** Asks for something without waiting for the answer. */
  post<T extends SignalingRequestType>(type: T, body: Body<T>): string {
    this.#ids += 1
    const id = `request-${this.#ids}`
    this.ws.send(JSON.stringify({ type, id, ...body }))
    return id
  }

  async request<T extends SignalingRequestType>(type: T, body: Body<T>, withinMs?: number): Promise<Reply<T>> {
    const id = this.post(type, body)
    const reply = await this.#next((frame) => frame.type === 'reply' && frame.id === id, withinMs)
    return reply as unknown as Reply<T>
  }

  /** The data of a reply that is good. */
  async ask<T extends SignalingRequestType>(type: T, body: Body<T>, withinMs?: number): Promise<SignalingReply<T>> {
    const reply = await this.request(type, body, withinMs)
    assert.ok(reply.ok, `${type}: ${JSON.stringify(reply)}`)
    return reply.data
  }

  /** The code with which a request is refused. */
  async refusal<T extends SignalingRequestType>(type: T, body: Body<T>): Promise<string> {
    const reply = await this.request(type, body)
    return reply.ok ? 'accepted' : reply.error.code
  }

  /** The first frame of a kind, of those that came and those that come, that is the one wanted. */
  next<T extends SignalingServerFrame['type']>(
    type: T,
    isWanted: (frame: FrameOf<T>) => boolean = () => true,
    withinMs?: number,
  ): Promise<FrameOf<T>> {
    const isOne = (frame: Frame) => frame.type === type && isWanted(frame as unknown as FrameOf<T>)
    return this.#next(isOne, withinMs) as unknown as Promise<FrameOf<T>>
  }

  end(): void {
    this.ws.terminate()
  }

  async #next(isWanted: (frame: Frame) => boolean, withinMs = 5_000): Promise<Frame> {
    const until = AbortSignal.timeout(withinMs)
    for (let looked = 0; ; ) {
      const wanted = this.frames.slice(looked).find(isWanted)
      if (wanted) return wanted
      looked = this.frames.length
      await once(this.ws, 'frame', { signal: until })
    }
  }
}
