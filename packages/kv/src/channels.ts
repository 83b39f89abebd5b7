import type { Listener, SubscribeOptions } from './kv.ts'

type Entry = SubscribeOptions & { listener: Listener }

/** Who listens to what within this process. */
export class Channels {
  readonly #onError: (error: unknown) => void
  readonly #entries = new Map<string, Set<Entry>>()

  /** Where a listener throws, `onError` is told; it ends nothing. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** Adds a listener and answers how to remove it. */
  add(channel: string, entry: Entry): () => void {
    const entries = this.#entries.get(channel) ?? new Set()
    this.#entries.set(channel, entries.add(entry))
    return () => {
      entries.delete(entry)
      if (entries.size === 0 && this.#entries.get(channel) === entries) this.#entries.delete(channel)
    }
  }

  has(channel: string): boolean {
    return this.#entries.has(channel)
  }

  list(): string[] {
    return [...this.#entries.keys()]
  }

  /** Tells every listener, each by itself, so that one that throws takes no message from another. */
  deliver(channel: string, message: string): void {
    for (const { listener } of this.#entries.get(channel) ?? []) this.#run(() => listener(message))
  }

  tellGap(channels: Iterable<string>): void {
    for (const channel of channels) {
      for (const { onGap } of this.#entries.get(channel) ?? []) if (onGap) this.#run(onGap)
    }
  }

  #run(work: () => void): void {
    queueMicrotask(() => {
      try {
        work()
      } catch (error) {
        this.#onError(error)
      }
    })
  }
}
