import type { TurnCredentials } from './credentials.ts'
import { type Line, type LineOptions, openLine } from './line.ts'
import { decodeAddress, encodeAddress, maskAddress } from './stun-address.ts'
import {
  type Answer,
  type Attributes,
  type Challenge,
  decodeAnswer,
  describeRefusal,
  encodeRequest,
  type Method,
  type Request,
} from './stun-message.ts'
import type { TurnUrl } from './turn-url.ts'

/** Datagrams that may have got lost are sent again after this, then after twice as long, and so on. */
const firstRepeatMs = 200
/** Relays talk UDP to the other side, whatever they talk to us. */
const udp = Buffer.from([17, 0, 0, 0])
const ipv6: Attributes[number] = ['requestedFamily', Buffer.from([2, 0, 0, 0])]
const staleNonce = 438
const unauthorised = 401

/** The relay answered that it will not. */
export class TurnRefusal extends Error {
  override readonly name = 'TurnRefusal'
  readonly code: number

  constructor(method: Method, answer: Answer) {
    const { code, text } = describeRefusal(answer)
    super(`${method} was refused: ${text}`)
    this.code = code
  }
}

export type TurnClientOptions = Pick<LineOptions, 'ca' | 'signal'> & { credentials: TurnCredentials }

/** One client of a relay, as far as it takes to know whether the relay serves: no media goes through it. */
export class TurnClient {
  static async connect(url: TurnUrl, { credentials, ca, signal }: TurnClientOptions): Promise<TurnClient> {
    const client = new TurnClient(credentials, signal)
    const onMessage = (bytes: Buffer) => client.#take(bytes)
    client.#line = await openLine(url, { ca, signal, onMessage, onFailure: (error) => client.#fail(error) })
    return client
  }

  readonly #credentials: TurnCredentials
  #line: Line | undefined
  #challenge: Challenge | undefined
  #waiting: { transactionId: string; reply: PromiseWithResolvers<Answer> } | undefined
  #failure: Error | undefined

  private constructor(credentials: TurnCredentials, signal: AbortSignal) {
    this.#credentials = credentials
    signal.addEventListener('abort', () => this.#fail(signal.reason), { once: true })
  }

  /** Where the relay is, as it is reached from here. */
  get address(): string | undefined {
    return this.#line?.address
  }

  /** Has the relay set an address of its own aside for us, of the kind that our peers have; answers that address. */
  async allocate({ isIPv6 = false }: { isIPv6?: boolean } = {}): Promise<string | undefined> {
    const answer = await this.#ask('allocate', [['requestedTransport', udp], ...(isIPv6 ? [ipv6] : [])])
    const hidden = answer.find('relayedAddress')
    return hidden && decodeAddress(maskAddress(hidden, answer.mask))
  }

  /** Has the relay let this address and ours talk to each other. */
  async permit(peer: string): Promise<void> {
    await this.#ask('createPermission', [['peerAddress', encodeAddress(peer)]])
  }

  /** Gives back what was set aside, rather than leaving it to its end. */
  async release(): Promise<void> {
    await this.#ask('refresh', [['lifetime', Buffer.alloc(4)]])
  }

  close(): void {
    this.#line?.close()
    this.#line = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async #ask(method: Method, attributes: Attributes): Promise<Answer> {
    const before = this.#challenge
    const answer = await this.#exchange(this.#write(method, attributes))
    if (answer.isSuccess) return answer
    const refusal = new TurnRefusal(method, answer)
    const [realm, nonce] = [answer.find('realm'), answer.find('nonce')]
    // The first request is refused, to tell what to sign with; so is one whose nonce has become too old.
    const isChallenge = refusal.code === (before ? staleNonce : unauthorised)
    if (!isChallenge || !realm || !nonce) throw refusal
    this.#challenge = { realm, nonce }
    const next = await this.#exchange(this.#write(method, attributes))
    if (!next.isSuccess) throw new TurnRefusal(method, next)
    return next
  }

  #write(method: Method, attributes: Attributes): Request {
    return encodeRequest(method, attributes, this.#challenge && { ...this.#credentials, ...this.#challenge })
  }

  async #exchange({ bytes, transactionId }: Request): Promise<Answer> {
    const line = this.#line
    if (this.#failure || !line) throw this.#failure ?? new Error('the client is closed')
    const reply = Promise.withResolvers<Answer>()
    this.#waiting = { transactionId, reply }
    let timer: NodeJS.Timeout | undefined
    const send = (repeatMs: number) => {
      line.send(bytes)
      if (line.isLossy) timer = setTimeout(() => send(repeatMs * 2), repeatMs)
    }
    send(firstRepeatMs)
    try {
      return await reply.promise
    } finally {
      clearTimeout(timer)
      this.#waiting = undefined
    }
  }

  #take(bytes: Buffer): void {
    const answer = decodeAnswer(bytes)
    if (answer && answer.transactionId === this.#waiting?.transactionId) this.#waiting.reply.resolve(answer)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#waiting?.reply.reject(error)
  }
}
