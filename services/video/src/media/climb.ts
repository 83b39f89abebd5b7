/** After a fall nothing higher is tried for so long: twice as long after each that soon follows, up to the most. */
const waits = { firstMs: 5_000, mostMs: 40_000, soonMs: 60_000 }
/** A picture that changes its size more often is worse than one that stays small. */
const changes = { most: 6, withinMs: 60_000 }

/**
 * Keeps a picture from going up and down with its receiver's line: mediasoup lets it fall as soon as the line gets thin,
 * and would have it back as soon as that seems wider. Told of every change and of the time, this says how high to go.
 * Layers are spatial ones; how smooth a picture is may change at any time, and from nothing at all, which is -1, the lowest
 * may always come.
 */
export class Climb {
  #layer: number | undefined
  #waitMs = 0
  #heldUntil = Number.NEGATIVE_INFINITY
  #wanted = 0
  #changedAt: number[] = []

  /** Notes what comes now, where `wanted` is asked for; undefined while the stream is paused. */
  note(layer: number | undefined, { wanted, nowMs }: { wanted: number; nowMs: number }): void {
    const before = this.#layer
    this.#layer = layer
    this.#wanted = wanted
    if (before === undefined || layer === undefined || layer === before) return
    if (before <= 0 && layer <= 0) return
    if (layer < Math.min(before, wanted)) this.#fall(nowMs)
    // What rises where nothing fell was asked for.
    else if (layer > before && this.#isUnsteady(nowMs)) this.#changedAt.push(nowMs)
  }

  /** The highest layer that may be tried now. */
  ceiling(nowMs: number): number {
    return this.mayRiseAt(nowMs) > nowMs ? Math.max(0, this.#layer ?? 0) : Number.POSITIVE_INFINITY
  }

  /** When more may be tried. */
  mayRiseAt(nowMs: number): number {
    this.#changedAt = this.#changedAt.filter((at) => at > nowMs - changes.withinMs)
    // To rise is one change, and to fall again as many as there are layers below.
    const spare = Math.max(0, changes.most - 1 - this.#wanted)
    const inTheWay = this.#changedAt.at(-spare - 1)
    return Math.max(this.#heldUntil, inTheWay === undefined ? nowMs : inTheWay + changes.withinMs)
  }

  #isUnsteady(nowMs: number): boolean {
    return nowMs < this.#heldUntil + waits.soonMs
  }

  #fall(nowMs: number): void {
    // What falls further meanwhile is the same fall.
    if (nowMs >= this.#heldUntil)
      this.#waitMs = this.#isUnsteady(nowMs) ? Math.min(waits.mostMs, 2 * this.#waitMs) : waits.firstMs
    this.#heldUntil = nowMs + this.#waitMs
    this.#changedAt.push(nowMs)
  }
}
