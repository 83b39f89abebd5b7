import { AppError } from '@secureconnect/errors'
import type { Ban } from '@secureconnect/protocol'

export function emailExists(): AppError {
  return new AppError('EMAIL_EXISTS', 'There is an account with this e-mail address: sign in, or reset its password.')
}

export function usernameExists(): AppError {
  return new AppError('USERNAME_EXISTS', 'This username is taken: choose another.')
}

/** The same answer whether the account or the password is wrong. */
export function invalidCredentials(): AppError {
  return new AppError('INVALID_CREDENTIALS', 'The name or the password is wrong.')
}

export function accountBanned({ banned_until: until, reason }: Ban): AppError {
  return new AppError('ACCOUNT_BANNED', `This account is banned ${until ? `until ${until}` : 'for good'}: ${reason}`)
}

export function adminNotBannable(): AppError {
  return new AppError('CONFLICT', 'An administrator cannot be banned: the role has to be taken away first.')
}

export function emailNotVerified(): AppError {
  return new AppError('EMAIL_NOT_VERIFIED', 'Confirm your e-mail address first, by the link in the mail we sent.')
}

export function fileNotFound(): AppError {
  return new AppError('FILE_NOT_FOUND', 'You have no such picture.')
}

export function userNotFound(): AppError {
  return new AppError('USER_NOT_FOUND', 'There is no such account.')
}
