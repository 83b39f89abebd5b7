import { delay } from '../delay.ts'
import type { KeptTexts } from './kept-texts.ts'

const pauseMs = 60_000

/** Has texts go when their messages expire, also where the service does not tell; until what it returns is called. */
export function forgetExpired(texts: Pick<KeptTexts, 'forgetExpired'>): () => void {
  const stopping = new AbortController()
  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      // What could not be written now goes the next time.
      await texts.forgetExpired().catch(() => undefined)
      await delay(pauseMs, stopping.signal)
    }
  }
  void work()
  return () => stopping.abort()
}
