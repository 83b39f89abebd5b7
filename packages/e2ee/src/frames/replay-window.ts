/** Frames come nearly in order: of several sizes of a picture, each has numbers of its own in between. */
const width = 1_024

/** Which numbers came already, as far back as is of use; what is older counts as one that did. */
export class ReplayWindow {
  #highest = -1
  readonly #seen = new Set<number>()

  /** Notes a number; false where it came before, or is too old to know. */
  take(number: number): boolean {
    if (number <= this.#highest - width || this.#seen.has(number)) return false
    this.#seen.add(number)
    this.#highest = Math.max(this.#highest, number)
    if (this.#seen.size > 2 * width) this.#sweep()
    return true
  }

  #sweep(): void {
    for (const number of this.#seen) if (number <= this.#highest - width) this.#seen.delete(number)
  }
}
