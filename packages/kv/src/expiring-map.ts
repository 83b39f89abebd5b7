export type ExpiringEntry<T> = { readonly value: T; readonly expiresAt: number }

export type ExpiringMapOptions = {
  /** Milliseconds on a clock that never goes back. */
  now: () => number
  maxEntries: number
}

/** A map whose entries end by themselves and that never outgrows its bound: the entry written longest ago gives way. */
export class ExpiringMap<T> {
  readonly #entries = new Map<string, ExpiringEntry<T>>()
  readonly #now: () => number
  readonly #maxEntries: number

  constructor({ now, maxEntries }: ExpiringMapOptions) {
    this.#now = now
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#entries.size
  }

  find(key: string): ExpiringEntry<T> | undefined {
    const entry = this.#entries.get(key)
    if (!entry || entry.expiresAt > this.#now()) return entry
    this.#entries.delete(key)
    return undefined
  }

  get(key: string): T | undefined {
    return this.find(key)?.value
  }

  set(key: string, value: T, ttlMs: number): void {
    this.write(key, { value, expiresAt: this.#now() + ttlMs })
  }

  /** Writes an entry with the end it has. */
  write(key: string, entry: ExpiringEntry<T>): void {
    // Written again means written last: the map's own order is the order of eviction.
    this.#entries.delete(key)
    if (this.#entries.size >= this.#maxEntries) this.#evictOldest()
    this.#entries.set(key, entry)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  sweep(): void {
    const now = this.#now()
    for (const [key, { expiresAt }] of this.#entries) if (expiresAt <= now) this.#entries.delete(key)
  }

  #evictOldest(): void {
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }
}
