import { SqlUnavailable } from './errors.ts'

/** Lets one user at a time have something, in the order they came. */
export class Turns {
  readonly #waiting: (() => void)[] = []
  #isTaken = false

  /** Waits for a turn, and not longer than `timeoutMs`. */
  take(timeoutMs: number): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(new SqlUnavailable('exhausted'))
      }, timeoutMs)
      this.#waiting.push(enter)
    })
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#isTaken = false
  }
}
