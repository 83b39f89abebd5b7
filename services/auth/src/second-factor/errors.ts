import { AppError } from '@secureconnect/errors'

/** Told only to who has given the right password. */
export function totpRequired(): AppError {
  return new AppError('TOTP_REQUIRED', 'Send the code of your authenticator app too, as "totp", or a recovery code.')
}

export function wrongCode(): AppError {
  return new AppError('INVALID_CREDENTIALS', 'The code is wrong, or was used already.')
}

export function totpIsOn(): AppError {
  return new AppError('CONFLICT', 'An authenticator app is in use already: disable it first.')
}

export function totpIsOff(): AppError {
  return new AppError('CONFLICT', 'No authenticator app is in use.')
}

export function totpNotSetUp(): AppError {
  return new AppError('CONFLICT', 'Set the authenticator app up first.')
}
