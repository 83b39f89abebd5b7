import { AppError } from '@secureconnect/errors'

/** The same answer for every token of a link that does not count, whatever is wrong with it. */
export function invalidLink(): AppError {
  return new AppError('INVALID_GRANT', 'This link is not valid any more: ask for a new one.')
}
