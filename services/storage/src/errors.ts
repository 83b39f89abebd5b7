import { AppError } from '@secureconnect/errors'
import { validationError } from '@secureconnect/service'

export const fileNotFound = () => new AppError('FILE_NOT_FOUND', 'There is no such file.')

export const ownerGone = () => new AppError('USER_NOT_FOUND', 'This account is being erased.')

export const notYours = () => new AppError('FORBIDDEN', 'Only the owner of a file may do this.')

export const fileTooLarge = (maxBytes: number) =>
  new AppError('FILE_TOO_LARGE', `A file has at most ${maxBytes} bytes here.`)

export const typeRefused = () =>
  new AppError('UNSUPPORTED_MEDIA_TYPE', 'Files of this type are not taken: send it as application/octet-stream.')

export const encryptedTypeShown = () =>
  validationError([
    { field: 'content_type', message: 'must be application/octet-stream: only its readers know what is encrypted' },
  ])

export const formInParts = () =>
  validationError([{ field: 'method', message: 'must be PUT for a file of this size: it is sent in parts' }])

export const quotaExceeded = () =>
  new AppError('QUOTA_EXCEEDED', 'There is no room for this file: delete some that are no longer needed.')

export const tooManyUploads = (most: number) =>
  new AppError('LIMIT_REACHED', `${most} uploads are in progress, which is the most: complete or delete one first.`)

export const conversationNotFound = () => new AppError('CONVERSATION_NOT_FOUND', 'There is no such conversation.')

export const encryptionRequired = () =>
  new AppError('E2EE_REQUIRED', 'This conversation is encrypted: send encrypted files only.')

export const completedAlready = () =>
  new AppError('CONFLICT', 'This upload is complete: its bytes cannot be sent again.')

export const nothingUploaded = () =>
  new AppError('FILE_NOT_READY', 'The bytes of this file have not arrived: send them first.')

export const stillScanned = () =>
  new AppError('FILE_NOT_READY', 'This file is looked through still; try again shortly.', { retryAfterMs: 5_000 })

/** What was uploaded is gone by the time its owner reads this. */
export const notAsAnnounced = (fault: UploadFault) => new AppError('CHECKSUM_MISMATCH', faults[fault])

/** In what an upload may differ from what was announced. */
export type UploadFault = keyof typeof faults

const faults = {
  size: 'The upload has another size than the one announced: begin anew.',
  type: 'The upload is of another type than the one announced: begin anew.',
  checksum: 'The upload has another checksum than the one announced: begin anew.',
} as const
