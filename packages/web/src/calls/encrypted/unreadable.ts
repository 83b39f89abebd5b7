import { type ReadonlySignal, signal } from '@preact/signals'
import type { DroppedFrames } from '@secureconnect/sdk/calls'

/** Why what somebody sends is not shown: there is no key of his here, or it is not what he sent. */
export type Unreadable = 'noKey' | 'tampered'

type Counts = DroppedFrames['dropped']
type Dropping = { counts: Counts; since: number; ends: ReturnType<typeof setTimeout> }

/** For a moment, as keys change, frames come for which there is none: that is no news. */
const tolerableMs = 3_000
/** Counts are told once a second while they grow. */
const pauseMs = 2_500

/** Who cannot be seen and heard in an encrypted call, as the counts of dropped frames tell. */
export class UnreadablePeople {
  readonly #people = signal<ReadonlyMap<string, Unreadable>>(new Map())
  readonly #dropping = new Map<string, Dropping>()

  get people(): ReadonlySignal<ReadonlyMap<string, Unreadable>> {
    return this.#people
  }

  note({ participantId: id, dropped: counts }: DroppedFrames): void {
    const before = this.#dropping.get(id)
    clearTimeout(before?.ends)
    const since = before?.since ?? Date.now()
    this.#dropping.set(id, { counts, since, ends: setTimeout(() => this.forget(id), pauseMs) })
    if (!before || Date.now() - since < tolerableMs) return
    const isTampered = counts.tampered > before.counts.tampered
    this.#people.value = new Map(this.#people.value).set(id, isTampered ? 'tampered' : 'noKey')
  }

  forget(id: string): void {
    clearTimeout(this.#dropping.get(id)?.ends)
    this.#dropping.delete(id)
    const left = new Map(this.#people.value)
    if (left.delete(id)) this.#people.value = left
  }

  close(): void {
    for (const id of [...this.#dropping.keys()]) this.forget(id)
  }
}
