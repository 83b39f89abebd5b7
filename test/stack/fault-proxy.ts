import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Cleanup } from './cleanup.ts'
import { freePort } from './free-port.ts'
import { type Fault, Link } from './proxy-link.ts'

type Target = { host: string; port: number }

/** A TCP proxy with one fault at a time, for connections that are open and for new ones. */
export class FaultProxy {
  static async create(target: Target): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, await freePort())
    await proxy.#listen()
    return proxy
  }

  readonly host = '127.0.0.1'
  readonly port: number
  #target: Target
  readonly #server: Server
  readonly #links = new Set<Link>()
  #fault: Fault = { kind: 'none' }

  private constructor(target: Target, port: number) {
    this.port = port
    this.#target = target
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client))
  }

  /** Delays everything by so much, in each direction. */
  latency(ms: number): void {
    this.#apply({ kind: 'latency', ms })
  }

  /** Is gone: open connections are reset and nobody listens. */
  refuse(): void {
    this.#server.close()
    this.#apply({ kind: 'refused' })
  }

  /** Resets open connections at once, and new ones as soon as they are made. */
  reset(): void {
    this.#apply({ kind: 'reset' })
  }

  /** Accepts connections and keeps them open, but lets nothing through until it heals. */
  freeze(): void {
    this.#apply({ kind: 'frozen' })
  }

  /** Ends each connection once so many more bytes of the answer have come through. */
  cutAfter(bytes: number): void {
    this.#apply({ kind: 'cut', afterBytes: bytes })
  }

  /** Lets everything through again; what a freeze held back arrives late. */
  async heal(): Promise<void> {
    this.#apply({ kind: 'none' })
    if (!this.#server.listening) await this.#listen()
  }

  /** From now on leads new connections to another server, as a name does whose address was changed. */
  leadTo(target: Target): void {
    this.#target = target
  }

  close(): void {
    this.refuse()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #accept(client: Socket): void {
    const link = new Link(client, this.#target, () => this.#links.delete(link))
    this.#links.add(link)
    link.apply(this.#fault)
  }

  #apply(fault: Fault): void {
    this.#fault = fault
    for (const link of this.#links) link.apply(fault)
  }

  async #listen(): Promise<void> {
    await once(this.#server.listen(this.port, this.host), 'listening')
  }
}

/** A proxy before a server, to make its connections slow, silent or broken while a test looks on. */
export async function faultProxy(t: Cleanup, target: Target): Promise<FaultProxy> {
  const proxy = await FaultProxy.create(target)
  t.after(async () => proxy.close())
  return proxy
}
