/** Waits; ends early, and well, when `signal` says so. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal?.aborted) return done()
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      done()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}

/** How long to wait before the next of several attempts: anything up to a bound that doubles, so that clients spread. */
export function fullJitter(attempt: number, { firstMs, mostMs }: { firstMs: number; mostMs: number }): number {
  return Math.random() * Math.min(mostMs, firstMs * 2 ** attempt)
}
