import { AppError } from '@secureconnect/errors'

/** `refused` is what the store does not let us do: our keys, our bucket, something that is not there. */
export type BlobFailure = 'timeout' | 'unreachable' | 'full' | 'refused' | 'failed'

/** The store could not do what it was asked to; clients are told to come back. */
export class BlobStoreError extends AppError {
  readonly reason: BlobFailure

  constructor(reason: BlobFailure, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super('SERVICE_UNAVAILABLE', 'Files are away at the moment; try again shortly.', options)
    this.name = 'BlobStoreError'
    this.reason = reason
  }
}
