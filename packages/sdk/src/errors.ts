import type { ErrorBody } from '@secureconnect/protocol'
import { type ErrorCode, errorStatus } from '@secureconnect/protocol/constants'

type ErrorFacts = Omit<ErrorBody['error'], 'details'> & {
  details?: ErrorBody['error']['details'] | undefined
  requestId?: string | undefined
}

/** The service refused, or failed and said so: `code` is for programs, `message` for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode
  readonly status: number
  /** Which fields were wrong, and how. */
  readonly details: NonNullable<ErrorBody['error']['details']>
  readonly retryAfterMs: number | undefined
  /** Names the request in the service's logs. */
  readonly requestId: string | undefined

  constructor({ code, message, details = [], retry_after_ms, requestId }: ErrorFacts) {
    super(message)
    this.code = code
    this.status = errorStatus[code]
    this.details = details
    this.retryAfterMs = retry_after_ms
    this.requestId = requestId
  }
}

/** Nobody answered, so nobody knows whether it was done. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

/** Whether the same request may succeed later, as it is. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  if (!(error instanceof ApiError)) return false
  return error.status >= 500 || error.status === 401 || error.status === 429 || error.code === 'REQUEST_IN_FLIGHT'
}

/** Whether the service decided against a request, and did not only fail to decide. */
export function isFinal(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500 && error.status !== 429
}
