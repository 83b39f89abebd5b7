type Part = { id: number; calls: number; failures: number }

const partCount = 10

/** Counts the calls of a moving window, and how many of them failed. It keeps no list of them: a tenth is forgotten at once. */
export class RecentCalls {
  readonly #partMs: number
  readonly #parts: Part[] = []

  constructor(windowMs: number) {
    this.#partMs = windowMs / partCount
  }

  add({ hasFailed }: { hasFailed: boolean }): void {
    const id = this.#currentId()
    let part = this.#parts.at(-1)
    if (part?.id !== id) {
      part = { id, calls: 0, failures: 0 }
      this.#parts.push(part)
      if (this.#parts.length > partCount) this.#parts.shift()
    }
    part.calls += 1
    if (hasFailed) part.failures += 1
  }

  count(): { calls: number; failures: number } {
    const oldest = this.#currentId() - partCount
    let [calls, failures] = [0, 0]
    for (const part of this.#parts) {
      if (part.id <= oldest) continue
      calls += part.calls
      failures += part.failures
    }
    return { calls, failures }
  }

  clear(): void {
    this.#parts.length = 0
  }

  #currentId(): number {
    return Math.floor(Date.now() / this.#partMs)
  }
}
