import { createPublicKey, type KeyObject } from 'node:crypto'
import { AppError } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import type { PublicKey } from '@secureconnect/protocol'

const refreshEveryMs = 60_000
/** A key id that nobody knows may not make every request ask for the keys again. */
const refetchEveryMs = 30_000
/** With the issuer away, the keys last seen are good this long. */
const staleForMs = 24 * 3_600_000

export type KeyRing = AsyncDisposable & {
  /** The key of that id; undefined when there is none; 503 when the keys cannot be had. */
  find: (kid: string) => Promise<KeyObject | undefined>
}

export type KeyRingOptions = { load: () => Promise<readonly PublicKey[]>; log: Logger; now?: () => number }

/** Keeps the issuer's public keys at hand, and fetches them again now and then and when an unknown one is named. */
export function createKeyRing({ load, log, now = Date.now }: KeyRingOptions): KeyRing {
  let keys = new Map<string, KeyObject>()
  let loadedAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined

  async function fetchKeys(): Promise<void> {
    triedAt = now()
    try {
      const loaded = await load()
      // The issuer has not started yet: that says nothing of anybody's token.
      if (loaded.length === 0) throw new Error('no key is published')
      keys = new Map(loaded.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]))
      loadedAt = now()
    } catch (error) {
      log.warn({ error, dependency: 'keys', outcome: 'failed' }, 'the public keys could not be loaded')
    } finally {
      loading = undefined
    }
  }

  /** All who need the keys at once share one fetch. */
  function refresh(): Promise<void> {
    loading ??= fetchKeys()
    return loading
  }

  const timer = setInterval(() => void refresh(), refreshEveryMs).unref()

  return {
    async find(kid) {
      const hasKeys = now() - loadedAt <= staleForMs
      if (!hasKeys || (!keys.has(kid) && now() - triedAt >= refetchEveryMs)) await refresh()
      if (now() - loadedAt > staleForMs) {
        throw new AppError('SERVICE_UNAVAILABLE', 'Access tokens cannot be judged at the moment.', {
          retryAfterMs: 2_000,
        })
      }
      return keys.get(kid)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await loading
    },
  }
}
