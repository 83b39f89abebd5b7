import { AppError } from '@secureconnect/errors'
import { validationError } from '@secureconnect/service'

export const conversationNotFound = () => new AppError('CONVERSATION_NOT_FOUND', 'There is no such conversation.')

export const messageNotFound = () => new AppError('MESSAGE_NOT_FOUND', 'There is no such message.')

export const notificationNotFound = () => new AppError('NOT_FOUND', 'There is no such notification.')

export const fileNotFound = () => new AppError('FILE_NOT_FOUND', 'There is no such file.')

export const userNotFound = () => new AppError('USER_NOT_FOUND', 'There is no such person.')

export const pollNotFound = () => new AppError('NOT_FOUND', 'There is no such poll.')

export const pollClosed = () => new AppError('POLL_CLOSED', 'This poll is closed.')

export const voteStays = () => new AppError('CONFLICT', 'A vote in this poll cannot be changed.')

export const mentionedStranger = () =>
  new AppError('USER_NOT_FOUND', 'Somebody who is mentioned is not in this conversation.')

export const notAllowed = (message: string) => new AppError('FORBIDDEN', message)

export const encryptionRequired = () =>
  new AppError('E2EE_REQUIRED', 'This conversation is encrypted: send encrypted messages only.')

export const encryptedFilesOnly = () =>
  new AppError('E2EE_REQUIRED', 'This conversation is encrypted: attach files that you have encrypted.')

export const notEncrypted = () =>
  validationError([{ field: 'is_encrypted', message: 'must be false: this conversation is not encrypted' }])

export const blocked = () => new AppError('BLOCKED', 'One of you has blocked the other.')

export const deletedAlready = () => new AppError('CONFLICT', 'This message was deleted.')

export const tooManyVersions = () =>
  new AppError('LIMIT_REACHED', 'This message was changed too often; write another one.')

/** Older messages are away; sending and the newest ones go on. */
export const historyUnavailable = (cause: unknown) =>
  new AppError('HISTORY_UNAVAILABLE', 'Older messages cannot be read at the moment; try again shortly.', {
    cause,
    retryAfterMs: 5_000,
  })

export const sendsWaiting = () =>
  new AppError('CAPACITY', 'Too many messages wait to be stored; try again shortly.', { retryAfterMs: 1_000 })

export const changesWaiting = () =>
  new AppError('CAPACITY', 'Too many changes of this conversation wait; try again shortly.', { retryAfterMs: 1_000 })

/** The other one left again at the very moment. */
export const conversationChanging = () =>
  new AppError('SERVICE_UNAVAILABLE', 'This conversation is changing at the moment; try again.', {
    retryAfterMs: 1_000,
  })

export const limitReached = (what: string) => new AppError('LIMIT_REACHED', `This is the most ${what}.`)

export const membershipByCommits = () =>
  new AppError('E2EE_REQUIRED', 'The members of an encrypted conversation change by group commits only.')

export const epochConflict = () =>
  new AppError('EPOCH_CONFLICT', 'The keys of this conversation changed, or have to: take in the newest commit first.')

export const nothingToCommit = () => new AppError('CONFLICT', 'This conversation is not encrypted.')

export const commitNotFound = () => new AppError('NOT_FOUND', 'There is no such commit, or not any more.')

export const reportNotFound = () => new AppError('NOT_FOUND', 'There is no such report.')

export const decidedAlready = () => new AppError('CONFLICT', 'This report has been decided, or is under review.')

export const encryptionStays = () => new AppError('CONFLICT', 'Encryption cannot be turned off once it is on.')

export const callIsPlain = () => new AppError('CONFLICT', 'A call goes on here that is not encrypted: end it first.')

export const deviceNotFound = () =>
  new AppError('NOT_FOUND', 'There is no such device, or this sign-in is none yet: register it first.')

export const otherIdentity = () =>
  new AppError('CONFLICT', 'This device has another identity key: rotate its keys to change it.')

export const backupNotFound = () => new AppError('NOT_FOUND', 'There is no key backup.')

export const wrongPassphrase = () => new AppError('FORBIDDEN', 'This is not the passphrase of the key backup.')

export const tooManyTries = (retryAfterMs: number) =>
  new AppError('RATE_LIMITED', 'The passphrase of the key backup was wrong too often; try again later.', {
    retryAfterMs,
  })

export const otherBackup = () =>
  new AppError('CONFLICT', 'This key backup follows another version than the present one: read that one first.')

export const tooManyClaims = (retryAfterMs: number) =>
  new AppError('RATE_LIMITED', 'You were given many keys of one of these people today; try again later.', {
    retryAfterMs,
  })
