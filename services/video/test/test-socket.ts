import assert from 'node:assert/strict'
import type {
  EnteredRoom,
  SignalingPush,
  SignalingReply,
  SignalingRequest,
  SignalingRequestType,
  SignalingServerFrame,
} from '@secureconnect/protocol'
import { type Frame, FrameSocket } from '@secureconnect/test/services'
import type { Person } from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Body<T extends SignalingRequestType> = Omit<SignalingRequest<T>, 'type' | 'id'>
type Reply<T extends SignalingRequestType> =
  | { ok: true; data: SignalingReply<T> }
  | { ok: false; error: { code: string; message: string; retry_after_ms?: number } }
export type FrameOf<T extends SignalingServerFrame['type']> = Extract<SignalingServerFrame, { type: T }>

/** Where calls are, or a gateway before them and the node that it is to lead to. */
export type At = { address: string; node?: string }

/** A signalling socket as a client has it. */
export class TestSocket extends FrameSocket {
  static async open(t: Cleanup, { address, node = 'video-1' }: At, { token }: Pick<Person, 'token'>) {
    const socket = new TestSocket({ address, path: `/v1/ws/signaling?node=${node}`, token })
    t.after(() => socket.end())
    await socket.next((frame) => frame.type === 'ready')
    return socket
  }

  /** The socket of a page that has not said who uses it. */
  static async openUnknown(t: Cleanup, { address }: At) {
    const socket = new TestSocket({ address, path: '/v1/ws/signaling' })
    t.after(() => socket.end())
    await socket.next((frame) => frame.type === 'hello')
    return socket
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
    return this.sendRequest(type, body)
  }

  async request<T extends SignalingRequestType>(type: T, body: Body<T>, withinMs?: number): Promise<Reply<T>> {
    const reply = await this.replyTo(this.sendRequest(type, body), withinMs)
    return reply as unknown as Reply<T>
  }

  /** The data of a reply that is good. */
  async ask<T extends SignalingRequestType>(type: T, body: Body<T>, withinMs?: number): Promise<SignalingReply<T>> {
    const reply = await this.request(type, body, withinMs)
    assert.ok(reply.ok, `${type}: ${JSON.stringify(reply)}`)
    return reply.data
  }

  /** Comes into the room of a call, where nobody has to let him in. */
  async enter(body: Body<'join'>): Promise<EnteredRoom> {
    const reply = await this.ask('join', body)
    assert.ok(reply.participant_id !== null, 'in the lobby')
    return reply
  }

  /** The code with which a request is refused. */
  async refusal<T extends SignalingRequestType>(type: T, body: Body<T>): Promise<string> {
    const reply = await this.request(type, body)
    return reply.ok ? 'accepted' : reply.error.code
  }

  /** The first frame of a kind, of those that came and those that come, that is the one wanted. */
  nextOf<T extends SignalingServerFrame['type']>(
    type: T,
    isWanted: (frame: FrameOf<T>) => boolean = () => true,
    withinMs?: number,
  ): Promise<FrameOf<T>> {
    const isOne = (frame: Frame) => frame.type === type && isWanted(frame as unknown as FrameOf<T>)
    return this.next(isOne, withinMs) as unknown as Promise<FrameOf<T>>
  }
}
