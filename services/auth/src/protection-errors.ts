import { AppError } from '@secureconnect/errors'

/** The same for accounts that exist and for those that do not. */
export function accountLocked(retryAfterMs: number): AppError {
  return new AppError('ACCOUNT_LOCKED', 'Too many wrong attempts: wait before the next one.', { retryAfterMs })
}

/** For somebody who is signed in already. */
export function wrongPassword(): AppError {
  return new AppError('INVALID_CREDENTIALS', 'The password is wrong.')
}

export function networkLocked(retryAfterMs: number): AppError {
  return new AppError('RATE_LIMITED', 'Too many wrong attempts from your network: wait before the next one.', {
    retryAfterMs,
  })
}
