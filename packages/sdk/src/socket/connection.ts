import type { CommonServerFrame, ReplyFrame } from '@secureconnect/protocol'
import { limits } from '@secureconnect/protocol/constants'
import { delay } from '../delay.ts'
import { ApiError, ConnectionError } from '../errors.ts'
import { parseJson } from '../parse-json.ts'
import type { AskOf, Language, TellOf } from './language.ts'
import { createPacer, type Pace, type Pacer } from './pacer.ts'

/** How long the server may take to greet. */
const greetingMs = 10_000
/** How many heartbeats may be missing before nobody is taken to be there. */
const missedHeartbeats = limits.socketSilenceMs / limits.heartbeatMs
const replyMs = 3 * limits.requestDeadlineMs

type Pending = { resolve: (data: unknown) => void; reject: (error: Error) => void }

/** How a connection ended, and how far it had come; `error` where the platform tells what was wrong. */
export type Closing = { code: number; wasGreeted: boolean; readyForMs: number | undefined; error?: unknown }

export type ConnectionOptions<L extends Language> = {
  url: string
  /** Only where the platform's WebSocket can send headers: not in browsers. */
  headers?: Readonly<Record<string, string>> | undefined
  /** How fast requests may follow each other. */
  pace: Pace
  onReady: (connection: Connection<L>) => void
  onFrame: (frame: L['told']) => void
}

/** One socket, from its opening to its end: greeting, heartbeat, requests and their replies. */
export class Connection<L extends Language> {
  readonly closed: Promise<Closing>
  readonly #ws: WebSocket
  readonly #options: ConnectionOptions<L>
  readonly #pending = new Map<string, Pending>()
  readonly #pacer: Pacer
  readonly #ending = new AbortController()
  readonly #closing = Promise.withResolvers<Closing>()
  #watch: ReturnType<typeof setTimeout>
  #silenceMs = greetingMs
  #wasGreeted = false
  #readyAt: number | undefined
  #failure: { error?: unknown } = {}
  #lastId = 0

  static open<L extends Language>(options: ConnectionOptions<L>): Connection<L> {
    const { url, headers } = options
    // Pages, whose types this has to pass as well, know no headers.
    const ws: WebSocket = headers ? Reflect.construct(WebSocket, [url, { headers }]) : new WebSocket(url)
    return new Connection(ws, options)
  }

  private constructor(ws: WebSocket, options: ConnectionOptions<L>) {
    this.#ws = ws
    this.#options = options
    this.#pacer = createPacer(options.pace)
    this.closed = this.#closing.promise
    this.#watch = setTimeout(() => this.abandon(), greetingMs)
    ws.addEventListener('message', ({ data }) => this.#receive(data))
    ws.addEventListener('close', ({ code }) => this.#end(code))
    // Browsers tell scripts only that something failed; Node tells what. "close" follows.
    ws.addEventListener('error', (event) => {
      if ('error' in event) this.#failure = { error: event.error }
    })
  }

  /** Sends a request, in its turn, and waits for its reply; without `timeoutMs` for as long as the connection lives. */
  async ask<T extends AskOf<L>>(
    type: T,
    fields: L['asks'][T]['fields'],
    { timeoutMs = replyMs }: { timeoutMs?: number } = {},
  ): Promise<L['asks'][T]['reply']> {
    await delay(this.#pacer.book(), this.#ending.signal)
    // The reply is what the contract says it is: the service checks what it sends.
    return (await this.#exchange({ type, ...fields }, timeoutMs)) as L['asks'][T]['reply']
  }

  /** Sends what needs no reply, or drops it when too much is being sent. */
  tell<T extends TellOf<L>>(type: T, fields: L['tells'][T]): void {
    if (this.#pacer.waitMs() > 0) return
    this.#pacer.book()
    this.#send({ type, ...fields })
  }

  /** Shows the server the next token, so that the socket lives on. */
  async renew(token: string): Promise<void> {
    await this.#exchange({ type: 'auth.refresh', token }, replyMs)
  }

  /** Aborted when it has ended. */
  get ended(): AbortSignal {
    return this.#ending.signal
  }

  close(): void {
    this.#ws.close(1000)
    this.#end(1000)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #send(frame: object): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(JSON.stringify(frame))
  }

  #exchange(frame: object, timeoutMs: number): Promise<unknown> {
    if (this.#ending.signal.aborted) throw new ConnectionError('The connection is lost.')
    this.#lastId += 1
    const id = String(this.#lastId)
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#pending.set(id, { resolve, reject })
    const timer =
      timeoutMs === Number.POSITIVE_INFINITY
        ? undefined
        : setTimeout(() => reject(new ConnectionError('No reply in time.')), timeoutMs)
    this.#send({ ...frame, id })
    return promise.finally(() => {
      clearTimeout(timer)
      this.#pending.delete(id)
    })
  }

  #receive(data: unknown): void {
    if (this.#ending.signal.aborted) return
    // Frames are text; what is none, or no JSON, is not of our server.
    const frame = parseFrame(data)
    if (!frame) return this.abandon()
    this.#handle(frame)
    clearTimeout(this.#watch)
    if (!this.#ending.signal.aborted) this.#watch = setTimeout(() => this.abandon(), this.#silenceMs)
  }

  #handle(frame: CommonServerFrame): void {
    switch (frame.type) {
      case 'hello':
        this.#wasGreeted = true
        this.#silenceMs = frame.heartbeat_ms * missedHeartbeats
        return
      case 'ready':
        this.#readyAt = performance.now()
        return this.#options.onReady(this)
      case 'ping':
        return this.#send({ type: 'pong' })
      case 'reply':
        return this.#settle(frame)
      case 'notice':
        // The close that it announces says the same.
        return
      default:
        // What is not common to all sockets is what this one tells.
        return this.#options.onFrame(frame as L['told'])
    }
  }

  #settle(frame: ReplyFrame): void {
    const pending = this.#pending.get(frame.id ?? '')
    if (frame.ok) pending?.resolve(frame.data)
    else pending?.reject(new ApiError(frame.error))
  }

  /** Ends as a failure, without waiting for the other side, which may not be there any more. */
  abandon(): void {
    this.#ws.close()
    this.#end(1006)
  }

  #end(code: number): void {
    if (this.#ending.signal.aborted) return
    this.#ending.abort()
    clearTimeout(this.#watch)
    const error = new ConnectionError('The connection is lost.')
    for (const { reject } of this.#pending.values()) reject(error)
    const readyForMs = this.#readyAt === undefined ? undefined : performance.now() - this.#readyAt
    this.#closing.resolve({ code, wasGreeted: this.#wasGreeted, readyForMs, ...this.#failure })
  }
}

function parseFrame(data: unknown): CommonServerFrame | undefined {
  // It comes from our own server, whose frames have the types that the contract gives them.
  return typeof data === 'string' ? (parseJson(data) as CommonServerFrame | undefined) : undefined
}
