import type { IncomingHttpHeaders } from 'node:http'

/** Which pages of other origins may talk to us, and what they are told. */
export type Cors = {
  isAllowed(origin: string): boolean
  /** The headers of an answer to such a page; undefined for every other. */
  headersFor(request: { method: string; headers: IncomingHttpHeaders }): Readonly<Record<string, string>> | undefined
  /** Whether a request only asks what it may do. */
  isPreflight(request: { method: string; headers: IncomingHttpHeaders }): boolean
}

const exposed = [
  'Degraded',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-ID',
]
const accepted = ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-None-Match', 'traceparent', 'X-Request-ID']
const preflight = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': accepted.join(', '),
  'access-control-max-age': '7200',
}

/** Allows exactly the given origins; "*" allows every one, which the configuration permits in development only. */
export function createCors(origins: readonly string[]): Cors {
  const allowed = new Set(origins)
  const isAllowed = (origin: string) => allowed.has(origin) || allowed.has('*')
  const isPreflight: Cors['isPreflight'] = ({ method, headers }) =>
    method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
  return {
    isAllowed,
    isPreflight,
    headersFor(request) {
      const { origin } = request.headers
      if (origin === undefined || !isAllowed(origin)) return undefined
      return {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        ...(isPreflight(request) ? preflight : { 'access-control-expose-headers': exposed.join(', ') }),
      }
    },
  }
}
