import { type ErrorCode, errorStatus, type FieldFault } from '@secureconnect/protocol'

export type AppErrorOptions = {
  cause?: unknown
  /** What was wrong, field by field. */
  details?: readonly FieldFault[]
  /** When trying again makes sense; every 429 and 503 carries it. */
  retryAfterMs?: number
}

const defaultRetryAfterMs = 1_000

/** The one error that is meant for a client: its code decides the status, its message is shown to people. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: readonly FieldFault[] | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.details = options.details
    this.retryAfterMs =
      options.retryAfterMs ?? (this.status === 429 || this.status === 503 ? defaultRetryAfterMs : undefined)
  }

  get status(): number {
    return errorStatus[this.code]
  }
}
