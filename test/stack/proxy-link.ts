import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type Fault =
  | { kind: 'none' | 'refused' | 'reset' | 'frozen' }
  | { kind: 'latency'; ms: number }
  | { kind: 'cut'; afterBytes: number }

/** One connection through the proxy: two sockets, and what is wrong with the line between them. */
export class Link {
  readonly #client: Socket
  readonly #target: Socket
  #fault: Fault = { kind: 'none' }
  #thawed = Promise.withResolvers<void>()
  #answerBytesLeft = Number.POSITIVE_INFINITY

  constructor(client: Socket, target: { host: string; port: number }, onClose: () => void) {
    this.#client = client
    this.#target = connect({ ...target, allowHalfOpen: true, noDelay: true })
    client.setNoDelay(true)
    client.once('close', onClose)
    this.#thawed.resolve()
    this.#forward(client, this.#target)
    this.#forward(this.#target, client)
  }

  apply(fault: Fault): void {
    const wasFrozen = this.#fault.kind === 'frozen'
    this.#fault = fault
    this.#answerBytesLeft = fault.kind === 'cut' ? fault.afterBytes : Number.POSITIVE_INFINITY
    if (fault.kind === 'frozen') this.#freeze()
    else if (wasFrozen) this.#thaw()
    if (fault.kind === 'reset' || fault.kind === 'refused') this.reset()
  }

  /** Ends both sides with a TCP reset. */
  reset(): void {
    this.#client.resetAndDestroy()
    this.#target.resetAndDestroy()
    this.#thawed.resolve()
  }

  #freeze(): void {
    this.#thawed = Promise.withResolvers()
    this.#client.pause()
    this.#target.pause()
  }

  #thaw(): void {
    this.#thawed.resolve()
    this.#client.resume()
    this.#target.resume()
  }

  #forward(from: Socket, to: Socket): void {
    let delivered = Promise.resolve()
    from.on('data', (chunk: Buffer) => {
      const dueAt = performance.now() + (this.#fault.kind === 'latency' ? this.#fault.ms : 0)
      delivered = delivered.then(() => this.#deliver({ from, to, chunk, dueAt }))
    })
    from.on('end', () => {
      delivered = delivered.then(() => void to.end())
    })
    // Whatever broke one side breaks the other in the only way that TCP has.
    from.on('error', () => this.reset())
  }

  async #deliver({
    from,
    to,
    chunk,
    dueAt,
  }: {
    from: Socket
    to: Socket
    chunk: Buffer
    dueAt: number
  }): Promise<void> {
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await sleep(waitMs)
    await this.#thawed.promise
    if (to === this.#client && chunk.length >= this.#answerBytesLeft) {
      to.end(chunk.subarray(0, this.#answerBytesLeft))
      from.destroy()
      return
    }
    if (to === this.#client) this.#answerBytesLeft -= chunk.length
    if (to.writable && !to.write(chunk)) this.#waitForDrain(from, to)
  }

  #waitForDrain(from: Socket, to: Socket): void {
    from.pause()
    to.once('drain', () => this.#fault.kind !== 'frozen' && from.resume())
  }
}
