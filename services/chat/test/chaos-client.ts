import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { type EventFrame, messages } from '@secureconnect/protocol'
import type { Random } from '@secureconnect/test/helpers'
import { WebSocket } from 'ws'
import { call, type Person } from './test-chat.ts'

export type ChaosOptions = {
  person: Person
  conversationId: string
  /** Where the processes are at the moment. */
  addresses: () => readonly string[]
  random: Random
}

/**
 * A client on a bad day: it sends, until it is answered, to whichever process it finds, and follows the conversation on
 * a socket that it loses and opens again, from where it was.
 */
export class ChaosClient {
  readonly person: Person
  /** What it was told, by socket and by catching up, in the order in which it came. */
  readonly events: EventFrame[] = []
  /** What it was answered for. */
  readonly acknowledged = new Map<string, string>()
  /** All that it tried to send. */
  readonly sent: string[] = []
  readonly #options: ChaosOptions
  readonly #stop = new AbortController()
  #socket: WebSocket | undefined

  constructor(options: ChaosOptions) {
    this.#options = options
    this.person = options.person
  }

  get lastSeq(): number {
    return this.events.at(-1)?.seq ?? 0
  }

  /** Sends one message, again and again until it is answered; now and then it has no patience, and tries but once. */
  async send(clientId: string): Promise<void> {
    this.sent.push(clientId)
    const { conversationId, random } = this.#options
    const isPatient = random.upTo(5) > 0
    const body = { conversation_id: conversationId, client_id: clientId, content: clientId, message_type: 'text' }
    while (!this.#stop.signal.aborted) {
      const answer = await call({ address: this.#pick() }, messages.send, {
        token: this.person.token,
        body,
        // What nobody asks for again must not be under way any more when the log is read.
        signal: AbortSignal.timeout(isPatient ? 3_000 : 10_000),
      }).catch(() => undefined)
      if (answer?.status === 201) this.acknowledged.set(clientId, answer.data.message_id)
      if (answer?.status === 201 || !isPatient) return
      await delay(50)
    }
  }

  /** Follows until it is stopped, whatever happens to its sockets. */
  async follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#followOnce().catch(() => undefined)
      await delay(20 + this.#options.random.upTo(80))
    }
  }

  /** Loses the socket, as on a train in a tunnel. */
  loseSocket(): void {
    this.#socket?.terminate()
  }

  stop(): void {
    this.#stop.abort()
    this.loseSocket()
  }

  #pick(): string {
    return this.#options.random.pick(this.#options.addresses())
  }

  async #followOnce(): Promise<void> {
    const url = `${this.#pick().replace('http', 'ws')}/v1/ws/chat`
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${this.person.token}` } })
    this.#socket = socket
    socket.on('error', () => undefined)
    socket.on('message', (data) => this.#receive(socket, JSON.parse(data.toString())))
    if (this.#stop.signal.aborted) socket.terminate()
    await once(socket, 'close')
  }

  #receive(socket: WebSocket, frame: Record<string, unknown>): void {
    const { conversationId } = this.#options
    if (frame.type === 'ping') socket.send('{"type":"pong"}')
    if (frame.type === 'ready') {
      const position = { log_epoch: 1, seq: this.lastSeq }
      socket.send(JSON.stringify({ type: 'subscribe', id: 's', positions: { [conversationId]: position } }))
    }
    if (frame.type === 'event') this.events.push(frame as EventFrame)
    if (frame.type === 'reply' && frame.ok !== true) socket.terminate()
  }
}
