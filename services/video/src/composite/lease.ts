import type { Logger } from '@secureconnect/logging'
import { repeat } from '@secureconnect/service'

/** Who is silent for so long is taken for gone. */
export const leaseMs = 30_000
const keepEveryMs = 5_000

type Options = { log: Logger; keep: () => Promise<boolean> }

/** Keeps what a process has taken, until it is disposed of; its signal says that it is lost. */
export class Lease implements AsyncDisposable {
  readonly #lost = new AbortController()
  readonly #keeping: AsyncDisposable
  #keptAt = performance.now()

  constructor({ log, keep }: Options) {
    this.#keeping = repeat({ name: 'composites', everyMs: keepEveryMs, log, work: () => this.#keep(keep) })
  }

  get signal(): AbortSignal {
    return this.#lost.signal
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#keeping[Symbol.asyncDispose]()
  }

  async #keep(keep: () => Promise<boolean>): Promise<void> {
    const askedAt = performance.now()
    try {
      if (await keep()) this.#keptAt = askedAt
      else this.#lost.abort()
    } finally {
      if (performance.now() - this.#keptAt > leaseMs) this.#lost.abort()
    }
  }
}
