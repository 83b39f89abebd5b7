import { AppError } from '@secureconnect/errors'

/** One answer whatever is wrong with a URL, so that nobody learns by trying. */
export function createRefusal(): AppError {
  return new AppError('FORBIDDEN', 'This URL has expired, or is not for this; ask for a new one.')
}
