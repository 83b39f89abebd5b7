import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessName, System } from '@secureconnect/test/chaos'

const sampleEveryMs = 10_000

export type Sample = { name: ProcessName; atMs: number; rssBytes: number; heapBytes: number }

/** What each process says of its memory, as Prometheus would ask it. */
export class MemoryWatch {
  readonly samples: Sample[] = []
  readonly #system: System
  readonly #over = new AbortController()
  readonly #watching: Promise<void>

  constructor(system: System) {
    this.#system = system
    this.#watching = this.#watch()
  }

  async #watch(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await Promise.all(this.#system.names.map((name) => this.#sample(name)))
      await delay(sampleEveryMs, undefined, { signal: this.#over.signal }).catch(() => undefined)
    }
  }

  async #sample(name: ProcessName): Promise<void> {
    try {
      const rssBytes = await this.#system.metric(name, 'process_resident_memory_bytes')
      const heapBytes = await this.#system.metric(name, 'nodejs_heap_size_used_bytes')
      if (rssBytes && heapBytes) this.samples.push({ name, atMs: performance.now(), rssBytes, heapBytes })
    } catch {
      // It is away, as it is meant to be.
    }
  }

  async stop(): Promise<void> {
    this.#over.abort()
    await this.#watching
  }
}
