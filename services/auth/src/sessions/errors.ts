import { AppError } from '@secureconnect/errors'

/** The same answer for every refresh token that does not count, whatever is wrong with it. */
export function invalidGrant(): AppError {
  return new AppError('INVALID_GRANT', 'The refresh token is not valid any more: sign in again.')
}

export function sessionNotFound(): AppError {
  return new AppError('NOT_FOUND', 'You have no such session, or it has ended already.')
}

export function foreignPage(): AppError {
  return new AppError(
    'FORBIDDEN',
    'This is for pages of the product: the Origin header has to name PUBLIC_URL or one of CORS_ALLOWED_ORIGINS.',
  )
}
