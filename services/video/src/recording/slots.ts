/** Places of which there are only so many; who comes when all are taken waits for his turn. */
export class Slots {
  readonly #most: number
  #taken = 0
  readonly #waiting = new Set<(isGiven: boolean) => void>()

  constructor(most: number) {
    this.#most = most
  }

  get taken(): number {
    return this.#taken
  }

  /** Takes a place, to be given back by disposing of it; undefined where it is not wanted any more. */
  async take(signal: AbortSignal): Promise<Disposable | undefined> {
    if (signal.aborted) return undefined
    if (this.#taken < this.#most) this.#taken += 1
    else if (!(await this.#waitForOne(signal))) return undefined
    let isTaken = true
    return {
      [Symbol.dispose]: () => {
        if (isTaken) this.#giveBack()
        isTaken = false
      },
    }
  }

  #waitForOne(signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const giveUp = () => {
      this.#waiting.delete(resolve)
      resolve(false)
    }
    this.#waiting.add(resolve)
    signal.addEventListener('abort', giveUp, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', giveUp))
  }

  /** A place goes from hand to hand as long as anybody waits. */
  #giveBack(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#taken -= 1
      return
    }
    this.#waiting.delete(next)
    next(true)
  }
}
