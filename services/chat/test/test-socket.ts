import assert from 'node:assert/strict'
import type { ChatRequest, ChatRequestType, EventFrame, Position, Subscribed } from '@secureconnect/protocol'
import { type Frame, FrameSocket } from '@secureconnect/test/services'
import type { Chat, Person } from './test-chat.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Reply = { ok: boolean; data?: unknown; error?: { code: string; retry_after_ms?: number } }
type Body<T extends ChatRequestType> = Omit<ChatRequest<T>, 'type' | 'id'>

/** A socket of chat as a client has it. */
export class TestSocket extends FrameSocket {
  static async open(
    t: Cleanup,
    { address }: Pick<Chat, 'address'>,
    { token }: Pick<Person, 'token'>,
    query = '',
  ): Promise<TestSocket> {
    const socket = new TestSocket({ address, path: `/v1/ws/chat${query}`, token })
    t.after(() => socket.end())
    await socket.next(({ type }) => type === 'ready')
    return socket
  }

  /** The socket of a page that has not said who uses it. */
  static async openUnknown(t: Cleanup, { address }: Pick<Chat, 'address'>): Promise<TestSocket> {
    const socket = new TestSocket({ address, path: '/v1/ws/chat' })
    t.after(() => socket.end())
    await socket.next(({ type }) => type === 'hello')
    return socket
  }

  async request<T extends ChatRequestType>(type: T, body: Body<T>, withinMs?: number): Promise<Reply> {
    const reply = await this.replyTo(this.sendRequest(type, body), withinMs)
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
}
