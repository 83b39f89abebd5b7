import type { PlacedFrame } from './placed-frame.ts'

const framesPerFeed = 1_000
const bytesPerNode = 32 * 1024 * 1024
/** What expires this soon is read from the log, whose clock decides. */
const expiryMarginMs = 5_000

/** How much all feeds of a node hold together; the one that was used longest ago gives way. */
export class FrameBudget {
  readonly #holders = new Set<RecentFrames>()
  #bytes = 0

  /** Counts what a holder has more or, where negative, less. */
  change(holder: RecentFrames, bytes: number): void {
    this.#bytes += bytes
    this.#holders.delete(holder)
    if (!holder.isEmpty) this.#holders.add(holder)
    for (const oldest of this.#holders) {
      if (this.#bytes <= bytesPerNode) return
      oldest.clear()
    }
  }
}

/** The newest events of a conversation without a gap, for those who come back and missed some of them. */
export class RecentFrames {
  readonly #budget: FrameBudget
  #frames: PlacedFrame[] = []
  #bytes = 0
  /** Raised when text vanished: what was read before may still have it. */
  version = 0

  constructor(budget: FrameBudget) {
    this.#budget = budget
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0
  }

  /** Adds the event that follows the last. */
  add(frame: PlacedFrame): void {
    this.#frames.push(frame)
    const dropped = this.#frames.length > framesPerFeed ? this.#frames.shift() : undefined
    this.#count(frame.wire.bytes.length - (dropped?.wire.bytes.length ?? 0))
  }

  /** Adds events that were read at `version` and end right before the first, or at `lastSeq` where there is none. */
  addEarlier(frames: readonly PlacedFrame[], { version, lastSeq }: { version: number; lastSeq: number }): void {
    const before = this.#frames[0]?.seq ?? lastSeq + 1
    const earlier = frames.filter(({ seq }) => seq < before)
    const room = framesPerFeed - this.#frames.length
    if (version !== this.version || earlier.length > room || earlier.at(-1)?.seq !== before - 1) return
    this.#frames = [...earlier, ...this.#frames]
    this.#count(earlier.reduce((sum, { wire }) => sum + wire.bytes.length, 0))
  }

  /** Up to `max` events after a seq; undefined where they have to be read. */
  find(afterSeq: number, max: number): PlacedFrame[] | undefined {
    const [first] = this.#frames
    if (!first || afterSeq + 1 < first.seq) return undefined
    const from = afterSeq + 1 - first.seq
    const found = this.#frames.slice(from, from + max)
    const soon = Date.now() + expiryMarginMs
    const isFresh = found.every(({ expiresAt }) => expiresAt === null || expiresAt.getTime() > soon)
    return found.length > 0 && isFresh ? found : undefined
  }

  /** Forgets everything: text in it has vanished, or there is no room. */
  clear(): void {
    this.version += 1
    this.#frames = []
    this.#count(-this.#bytes)
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#budget.change(this, bytes)
  }
}
