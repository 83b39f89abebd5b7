import type { types } from 'mediasoup'

type Bytes = { sent: number; received: number }
type Transport = Pick<types.WebRtcTransport, 'getStats' | 'on' | 'observer'>

/** Networks change, though not so often that it matters which they all were. */
const mostAddresses = 20

/** What went over the lines of one participant, one after the other, and by which way. */
export class Traffic {
  readonly protocols = new Set<types.TransportProtocol>()
  /** From which his media came, or those of a relay for him: these talk UDP. */
  readonly addresses = new Set<string>()
  /** What the lines did that are open, as they said last. */
  readonly #open = new Map<Transport, Bytes>()
  readonly #ended: Bytes = { sent: 0, received: 0 }
  /** Those that are being closed. */
  readonly #ending = new Map<Transport, Promise<void>>()
  #isWhole = true

  /** Whether no line was lost before it said what it did. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** What he sent and received so far. */
  get bytes(): Bytes {
    const sum = { ...this.#ended }
    for (const { sent, received } of this.#open.values()) {
      sum.sent += sent
      sum.received += received
    }
    return sum
  }

  follow(transport: Transport): void {
    this.#open.set(transport, { sent: 0, received: 0 })
    transport.on('iceselectedtuplechange', ({ protocol, remoteIp }: types.TransportTuple) => {
      this.protocols.add(protocol)
      const isNew = protocol === 'udp' && remoteIp !== undefined
      if (isNew && this.addresses.size < mostAddresses) this.addresses.add(remoteIp)
    })
    transport.observer.once('close', () => this.#lose(transport))
  }

  /** Has a line that is about to be closed say what it did: workers answer in the order in which they are asked. */
  end(transport: Transport): void {
    if (!this.#open.has(transport)) return
    const ending = this.#look(transport).then((isKnown) => {
      if (!isKnown) this.#isWhole = false
      this.#close(transport)
      this.#ending.delete(transport)
    })
    this.#ending.set(transport, ending)
  }

  /** Asks all lines what they did. */
  async update(): Promise<void> {
    const going = [...this.#open.keys()].filter((transport) => !this.#ending.has(transport))
    await Promise.all([...this.#ending.values(), ...going.map((transport) => this.#look(transport))])
  }

  async #look(transport: Transport): Promise<boolean> {
    try {
      const [stats] = await transport.getStats()
      // The bytes that we received are those that he sent.
      if (stats && this.#open.has(transport))
        this.#open.set(transport, { sent: stats.bytesReceived, received: stats.bytesSent })
      return true
    } catch {
      // Its worker is gone.
      return false
    }
  }

  #lose(transport: Transport): void {
    if (this.#ending.has(transport)) return
    this.#isWhole = false
    this.#close(transport)
  }

  #close(transport: Transport): void {
    const { sent, received } = this.#open.get(transport) ?? { sent: 0, received: 0 }
    this.#open.delete(transport)
    this.#ended.sent += sent
    this.#ended.received += received
  }
}
