import { AppError } from '@secureconnect/errors'

/** `away` is what the breaker says; `refused` is what the store does not let us do: our keys, our bucket. */
export type BlobFailure = 'away' | 'timeout' | 'unreachable' | 'full' | 'refused' | 'failed'

/** The store could not do what it was asked to; clients are told to come back. */
export class BlobStoreError extends AppError {
  readonly reason: BlobFailure

  constructor(reason: BlobFailure, options: { cause?: unknown; retryAfterMs?: number | undefined } = {}) {
    const { cause, retryAfterMs } = options
    super('SERVICE_UNAVAILABLE', 'Files are away at the moment; try again shortly.', {
      cause,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
    this.name = 'BlobStoreError'
    this.reason = reason
  }
}
