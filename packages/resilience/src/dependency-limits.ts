/** What a dependency may cost at most, as its client really applies it. */
export type DependencyLimits = {
  dependency: string
  connectTimeoutMs: number
  callTimeoutMs: number
  /** Connections or calls at once. */
  inFlight: string
  retries: string
}

/** The limits as a log line's field: `redis: { connect: '500 ms', … }`. */
export function describeLimits(limits: readonly DependencyLimits[]): Record<string, Record<string, string>> {
  return Object.fromEntries(
    limits.map(({ dependency, connectTimeoutMs, callTimeoutMs, inFlight, retries }) => [
      dependency,
      { connect: `${connectTimeoutMs} ms`, call: `${callTimeoutMs} ms`, in_flight: inFlight, retries },
    ]),
  )
}
