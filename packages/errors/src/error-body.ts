import type { ErrorBody } from '@secureconnect/protocol'
import { AppError } from './app-error.ts'

/** Turns anything thrown into the error a client may see; what we did not mean to say stays inside as its cause. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  return new AppError('INTERNAL_ERROR', 'Something went wrong on our side.', { cause: error })
}

/** The part of an error that goes into an answer or a reply frame. */
export function toErrorPart(error: AppError): ErrorBody['error'] {
  return {
    code: error.code,
    message: error.message,
    ...(error.details && { details: [...error.details] }),
    ...(error.retryAfterMs !== undefined && { retry_after_ms: Math.ceil(error.retryAfterMs) }),
  }
}

/** The body of a refused or failed answer. */
export function toErrorBody(error: AppError, requestId: string): ErrorBody {
  return {
    success: false,
    error: toErrorPart(error),
    meta: { timestamp: new Date().toISOString(), request_id: requestId },
  }
}
