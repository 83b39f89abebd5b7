import { SqlUnavailable } from './errors.ts'

/** Whoever waits is told by calling this that it is his turn. */
type Waiting = Set<() => void>

/** Lets so many users at a time have something, in the order they came; but what is critical before all else. */
export class Turns {
  readonly #places: number
  readonly #critical: Waiting = new Set()
  readonly #usual: Waiting = new Set()
  #taken = 0

  constructor(places = 1) {
    this.#places = places
  }

  /** How many have theirs. */
  get taken(): number {
    return this.#taken
  }

  /** How many would have theirs before one who comes now. */
  countBefore({ isCritical }: { isCritical: boolean }): number {
    return this.#critical.size + (isCritical ? 0 : this.#usual.size)
  }

  /** Waits for a turn, and not longer than `timeoutMs`. */
  take(timeoutMs: number, { isCritical = false } = {}): Promise<void> {
    if (this.#taken < this.#places) {
      this.#taken += 1
      return Promise.resolve()
    }
    const waiting = isCritical ? this.#critical : this.#usual
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.delete(enter)
        reject(new SqlUnavailable('exhausted'))
      }, timeoutMs)
      waiting.add(enter)
    })
  }

  give(): void {
    const waiting = this.#critical.size > 0 ? this.#critical : this.#usual
    const [next] = waiting
    if (!next) {
      this.#taken -= 1
      return
    }
    // The turn goes straight to whoever waits longest.
    waiting.delete(next)
    next()
  }
}
