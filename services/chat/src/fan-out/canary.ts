import { randomUUID } from 'node:crypto'
import type { Kv, Subscription } from '@secureconnect/kv'
import type { Logger } from '@secureconnect/logging'

const everyMs = 4_000
/** Two that were sung and not heard. */
const deafAfterMs = 9_000

/** Says something to itself now and then: who does not hear it does not hear the others either, whatever his connection says. */
export class Canary {
  static async create(options: { kv: Kv; log: Logger }): Promise<Canary> {
    const canary = new Canary(options)
    await canary.#listen()
    return canary
  }

  readonly #kv: Kv
  readonly #log: Logger
  readonly #channel = `canary:${randomUUID()}`
  #subscription: Subscription | undefined
  #sungAt = Number.NEGATIVE_INFINITY
  /** The first song that nobody has heard yet. */
  #unheardSince: number | undefined
  #isDeaf = false

  private constructor({ kv, log }: { kv: Kv; log: Logger }) {
    this.#kv = kv
    this.#log = log
  }

  get isDeaf(): boolean {
    return this.#isDeaf
  }

  /** Sings if it is time, where nobody heard it to a new listener; whether that was so, and others have to listen anew too. */
  async beat(nowMs: number): Promise<boolean> {
    if (nowMs - this.#sungAt < everyMs) return false
    this.#sungAt = nowMs
    const isDeaf = !this.#kv.isDegraded && nowMs - (this.#unheardSince ?? nowMs) > deafAfterMs
    this.#judge(isDeaf)
    this.#unheardSince ??= nowMs
    if (isDeaf) await this.#listen()
    await this.#kv.publish(this.#channel, '')
    return isDeaf
  }

  async close(): Promise<void> {
    await this.#subscription?.close()
  }

  /** Listens, anew where it did. */
  async #listen(): Promise<void> {
    await this.#subscription?.close()
    this.#subscription = await this.#kv.subscribe(this.#channel, () => this.#hear())
  }

  #hear(): void {
    this.#unheardSince = undefined
    this.#judge(false)
  }

  #judge(isDeaf: boolean): void {
    if (isDeaf === this.#isDeaf) return
    this.#isDeaf = isDeaf
    if (isDeaf)
      this.#log.warn({ dependency: 'redis' }, 'subscriptions are deaf: listening anew, and sweeping meanwhile')
    else this.#log.info({ dependency: 'redis' }, 'subscriptions hear again')
  }
}
