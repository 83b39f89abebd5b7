import { AppError } from '@secureconnect/errors'

const retryAfterMs = 1_000

export const noSuchNode = () =>
  new AppError('NOT_FOUND', 'There is no such node: join the call again for its signaling_url.')

export const malformedRequest = (message: string, cause?: unknown) =>
  new AppError('VALIDATION_ERROR', message, { cause })

export const ambiguousRequest = (cause?: unknown) =>
  malformedRequest(
    'This is not a request that can be read in one way only; send a plain path and plain headers.',
    cause,
  )

export const methodNotAllowed = (allowed: string) =>
  new AppError('METHOD_NOT_ALLOWED', `This path takes ${allowed} only.`)

export const bodyTooLarge = (limit: number) =>
  new AppError('PAYLOAD_TOO_LARGE', `The body is larger than the ${limit} bytes this operation accepts.`)

export const unsupportedBody = () => new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.')

export const rateLimited = (waitMs: number) =>
  new AppError('RATE_LIMITED', 'Too many requests; wait a little.', { retryAfterMs: waitMs })

export const foreignOrigin = () => new AppError('FORBIDDEN', 'Pages of this origin may not open sockets here.')

export const tooManySockets = () =>
  new AppError('CAPACITY', 'This process has all the sockets it can hold.', { retryAfterMs: 2_000 })

export const stopping = () => new AppError('SERVICE_UNAVAILABLE', 'This process is stopping.', { retryAfterMs: 2_000 })

/** Nobody could be reached: the request had no effect. */
export const upstreamAway = (cause: unknown) =>
  new AppError('SERVICE_UNAVAILABLE', 'A part of the service is away; try again shortly.', { cause, retryAfterMs })

/** What came back was no answer of ours; whether the request had an effect is not known. */
export const upstreamFailed = (cause: unknown) =>
  new AppError('UPSTREAM_ERROR', 'A part of the service did not answer properly.', { cause, retryAfterMs })

export const deadlinePassed = () => new AppError('REQUEST_TIMEOUT', 'The answer took too long.', { retryAfterMs })

export const clientGone = () => new AppError('REQUEST_TIMEOUT', 'Whoever asked has gone.')

/** What a connection fails with before anything was sent. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Some of these also end a connection over which a request went already; one that hangs up is told without a call. */
function wasUsed(error: object): boolean {
  if (!('syscall' in error)) return 'code' in error && error.code === 'ECONNRESET'
  return error.syscall === 'read' || error.syscall === 'write'
}

/** What a client is told when a connection to an upstream fails. */
export function toUpstreamError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const code = error instanceof Error && 'code' in error && !wasUsed(error) ? error.code : undefined
  return typeof code === 'string' && unreachable.has(code) ? upstreamAway(error) : upstreamFailed(error)
}
