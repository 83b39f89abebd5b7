/** Header names that services and clients share, in the lower case that Node gives them. */
export const headers = {
  requestId: 'x-request-id',
  traceparent: 'traceparent',
  /** Milliseconds left for the answer, as seen by the sender: needs no common clock. */
  deadline: 'x-request-deadline',
  /** The one client address that the gateway vouches for. */
  clientIp: 'x-forwarded-for',
  degraded: 'degraded',
  idempotencyKey: 'idempotency-key',
} as const

/** The cookie by which a browser shows that somebody signed in from it before. */
export const deviceCookie = '__Host-sc_device'

/** The cookie that holds a page's refresh token, where no script can read it. */
export const refreshCookie = '__Host-sc_refresh'

const requestIdPattern = /^[A-Za-z0-9_-]{8,64}$/

/** Whether a request id from outside may be kept. */
export function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && requestIdPattern.test(value)
}
