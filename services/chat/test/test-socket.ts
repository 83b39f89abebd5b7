import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ChatRequest, ChatRequestType, EventFrame, Position, Subscribed } from '@secureconnect/protocol'
import { WebSocket } from 'ws'
import type { Chat, Person } from './test-chat.ts'

export type Frame = Record<string, unknown> & { type: string }
type Cleanup = { after: (work: () => unknown) => void }
type Reply = { ok: boolean; data?: unknown; error?: { code: string; retry_after_ms?: number } }
type Body<T extends ChatRequestType> = Omit<ChatRequest<T>, 'type' | 'id'>

/** A socket of chat as a client has it. */
export class TestSocket {
  static async open(
    t: Cleanup,
    { address }: Pick<Chat, 'address'>,
    { token }: Pick<Person, 'token'>,
    query = '',
  ): Promise<TestSocket> {
    const url = `${address.replace('http', 'ws')}/v1/ws/chat${query}`
    const socket = new TestSocket(new WebSocket(url, { headers: { authorization: `Bearer ${token}` } }))
    t.after(() => socket.end())
    await socket.next(({ type }) => type === 'ready')
    return socket
  }

  /** All that came, oldest first. */
  readonly frames: Frame[] = []
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
      ws.emit('frame', frame)
    })
    ws.on('error', () => undefined)
    this.closed = new Promise((done) => ws.once('close', done))
  }

  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** The first frame, of those that came and those that come, which is the one that is wanted. */
  async next(isWanted: (frame: Frame) => boolean, withinMs = 5_000): Promise<Frame> {
    const until = AbortSignal.timeout(withinMs)
    for (let looked = 0; ; ) {
      const wanted = this.frames.slice(looked).find(isWanted)
      if (wanted) return wanted
      looked = this.frames.length
      await once(this.ws, 'frame', { signal: until })
    }
  }

  async request<T extends ChatRequestType>(type: T, body: Body<T>, withinMs?: number): Promise<Reply> {
    this.#ids += 1
    const id = `request-${this.#ids}`
    this.send({ type, id, ...body })
    const reply = await this.next((frame) => frame.type === 'reply' && frame.id === id, withinMs)
    return reply as unknown as Reply
  }

  /** Follows conversations from these positions; fails where that is refused. */
  async subscribe(positions: Readonly<Record<string, Position | null>>, withinMs?: number) {
    const { ok, data, error } = await this.request('subscribe', { positions }, withinMs)
    assert.ok(ok, JSON.stringify(error))
    return data as { subscribed: Record<string, Subscribed>; not_found: string[] }
  }

  /** The events of a conversation that came so far. */
  events(conversationId: string): EventFrame[] {
    const isOne = (frame: Frame) => frame.type === 'event' && frame.conversation_id === conversationId
    return this.frames.filter(isOne) as unknown as EventFrame[]
  }

  seqs(conversationId: string): number[] {
    return this.events(conversationId).map(({ seq }) => seq)
  }

  /** Waits until a conversation's event has come. */
  async reach(conversationId: string, seq: number, withinMs?: number): Promise<void> {
    // A receipt has a seq too, and may come before the event.
    const isReached = (frame: Frame) =>
      frame.type === 'event' && frame.conversation_id === conversationId && Number(frame.seq) >= seq
    await this.next(isReached, withinMs)
  }

  end(): void {
    this.ws.terminate()
  }
}
