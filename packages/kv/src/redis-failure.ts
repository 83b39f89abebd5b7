/** The `error` label of `redis_errors_total`. */
export type RedisFailureKind = 'timeout' | 'connection' | 'readonly' | 'oom' | 'noauth' | 'other'

/** A call to Redis that brought no answer. */
export class RedisFailure extends Error {
  readonly code: RedisFailureKind

  constructor(code: RedisFailureKind, cause: unknown) {
    super(`${code}: ${explain(cause)}`, { cause })
    this.name = 'RedisFailure'
    this.code = code
  }
}

/** A node that holds only some of the keys says so by naming another, which tells an operator nothing. */
function explain(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return text.startsWith('MOVED') ? `${text}: the server is a node of a cluster, so REDIS_CLUSTER must be true` : text
}

/** What Redis puts in front of an error, and what the client says when there is no connection. */
const kinds: readonly [RedisFailureKind, RegExp][] = [
  ['readonly', /^READONLY/],
  ['oom', /^OOM|-OOM/],
  ['noauth', /^(NOAUTH|WRONGPASS|NOPERM)/],
  ['timeout', /ETIMEDOUT|timeout|timed out/i],
  ['connection', /ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|clos|writeable|retries per request/i],
]

/** Tells failures apart by what an operator would do about them. */
export function classifyFailure(error: unknown): RedisFailureKind {
  const text = error instanceof Error ? error.message : String(error)
  return kinds.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other'
}
