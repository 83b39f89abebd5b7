import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { timeToSendAway } from '@secureconnect/service'

/** How long the second side of a bridge outlives the first, to take what was sent last. */
const lingerMs = 500
const keepAliveMs = 30_000

/** The two sides of one socket: a client's connection and a service's. */
export type Sides = { client: Socket; service: Socket }

/** The sockets that run through this process, byte by byte: what is in them is between client and service. */
export class Bridges {
  readonly #open = new Set<Sides>()
  #whenEmpty: (() => void) | undefined

  get size(): number {
    return this.#open.size
  }

  /** Joins two sides until either ends; pipes hold one back while the other cannot take more. */
  join(sides: Sides, onClose: () => void): void {
    const { client, service } = sides
    this.#open.add(sides)
    let ending: NodeJS.Timeout | undefined
    let alive = 2
    const end = () => {
      ending ??= setTimeout(() => destroyBoth(sides), lingerMs)
    }
    const onSideClosed = () => {
      end()
      client.end()
      service.end()
      alive -= 1
      if (alive > 0) return
      clearTimeout(ending)
      this.#forget(sides)
      onClose()
    }
    for (const side of [client, service]) {
      side.setNoDelay(true).setKeepAlive(true, keepAliveMs)
      side.once('end', end).once('close', onSideClosed)
    }
    client.pipe(service)
    service.pipe(client)
  }

  #forget(sides: Sides): void {
    this.#open.delete(sides)
    if (this.#open.size === 0) this.#whenEmpty?.()
  }

  /** Leaves the services time to send their clients elsewhere, as long as that takes them, then ends what is left. */
  async drain(withinMs: number): Promise<void> {
    if (this.#open.size === 0) return
    const empty = new Promise<void>((done) => {
      this.#whenEmpty = done
    })
    const leftMs = Math.max(withinMs / 4, timeToSendAway(this.#open.size, withinMs))
    await Promise.race([empty, delay(leftMs, undefined, { ref: false })])
    for (const sides of this.#open) destroyBoth(sides)
  }
}

function destroyBoth({ client, service }: Sides): void {
  client.destroy()
  service.destroy()
}
