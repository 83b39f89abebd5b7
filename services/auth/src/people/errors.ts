import { AppError } from '@secureconnect/errors'
import { lifetimes } from '@secureconnect/protocol'
import { validationError } from '@secureconnect/service'

/** What somebody asked to do with himself. */
export function notWithYourself(): AppError {
  return validationError([{ field: 'user_id', message: 'is your own; this takes somebody else' }])
}

export function searchTooShort(): AppError {
  return validationError([{ field: 'q', message: 'must have two characters besides spaces and accents' }])
}

export function noFriendRequest(): AppError {
  return new AppError('NOT_FOUND', 'There is no friend request of theirs that waits for you.')
}

export function ownFriendRequest(): AppError {
  return new AppError('FORBIDDEN', 'This request is your own: only who was asked can answer it.')
}

export function askedTooSoon(rejectedAt: Date): AppError {
  const next = new Date(rejectedAt.getTime() + lifetimes.rejectionMs).toISOString()
  return new AppError('CONFLICT', `This request was rejected: you can ask again from ${next} on.`)
}

export function limitReached(what: string): AppError {
  return new AppError('LIMIT_REACHED', `There are as many ${what} already as there can be.`)
}
