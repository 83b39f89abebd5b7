import { AppError } from '@secureconnect/errors'
import { limits } from '@secureconnect/protocol'

export const callNotFound = () => new AppError('CALL_NOT_FOUND', 'There is no such call.')

export const callEnded = () => new AppError('CALL_ENDED', 'This call is over.')

export const callFull = () => new AppError('CALL_FULL', 'Nobody else can come into this call.')

export const callLocked = () => new AppError('CALL_LOCKED', 'A host has locked this call: nobody else comes in.')

export const kickedFromCall = () => new AppError('FORBIDDEN', 'A host has taken you out of this call: join it anew.')

export const bannedFromCall = () => new AppError('FORBIDDEN', 'A host has taken you out of this call for good.')

export const deniedByHost = () => new AppError('FORBIDDEN', 'A host has not let you into this call.')

export const notWaiting = () => new AppError('USER_NOT_FOUND', 'This person does not wait to be let in.')

export const noLobbyOfTwo = () => new AppError('VALIDATION_ERROR', 'A call of two has no lobby.')

export const nobodyAnswered = () => new AppError('CONFLICT', 'Nobody has answered this call: cancel it instead.')

export const notAMember = () => new AppError('USER_NOT_FOUND', 'This person is not in the conversation.')

export const mayNotModerate = () =>
  new AppError('FORBIDDEN', 'Only hosts and co-hosts who are in a call moderate it, and nobody who is above them.')

export const onlyHosts = () => new AppError('FORBIDDEN', 'Only a host says what the others are in a call.')

export const notInThisCall = () => new AppError('USER_NOT_FOUND', 'This person is not in the call.')

export const alreadyAnswered = () => new AppError('ALREADY_ANSWERED', 'This call was answered already.')

export const notRinging = () => new AppError('FORBIDDEN', 'This call does not ring at you.')

export const notTheCaller = () => new AppError('FORBIDDEN', 'Only who called may do this.')

export const mayNotEnd = () => new AppError('FORBIDDEN', 'Only who called, a host or the last one may end a call.')

export const conversationNotFound = () => new AppError('CONVERSATION_NOT_FOUND', 'There is no such conversation.')

export const calleeNotFound = () =>
  new AppError('USER_NOT_FOUND', 'Somebody who is to be called is not in this conversation.')

export const nobodyToCall = () => new AppError('CONFLICT', 'Nobody else is in this conversation.')

export const callGoesOn = () => new AppError('CONFLICT', 'A call goes on in this conversation: join that one.')

export const tooManyCallees = (most: number) =>
  new AppError(
    'LIMIT_REACHED',
    `A call rings at ${most} people at most: name them in "callee_ids"; all others may join.`,
  )

export const blocked = () => new AppError('BLOCKED', 'One of you has blocked the other.')

export const mayNotRecord = () => new AppError('FORBIDDEN', 'Only hosts and co-hosts who are in a call record it.')

export const encryptedCall = () =>
  new AppError('E2EE_REQUIRED', 'This conversation is encrypted: nobody but its members may have what is said in it.')

export const encryptionRequired = () =>
  new AppError('E2EE_REQUIRED', 'This call is encrypted: encrypt what is published and told in it, and say so.')

export const notEncrypted = () =>
  new AppError('CONFLICT', 'This call is not encrypted: its conversation has to be, before it begins.')

export const otherKeyEpoch = () =>
  new AppError('EPOCH_CONFLICT', 'Somebody has come or left since: make a new key for those who are in the room now.')

export const tooManyRecordings = (most: number) =>
  new AppError('LIMIT_REACHED', `A call has ${most} recordings at most: delete one first.`)

export const recordingNotFound = () => new AppError('RECORDING_NOT_FOUND', 'This call has no such recording.')

export const recordingGoesOn = () => new AppError('CONFLICT', 'This recording goes on: stop it first.')

export const nothingRecorded = () => new AppError('CONFLICT', 'Nothing of this recording could be kept.')

export const onlyRecordingHosts = () =>
  new AppError('FORBIDDEN', 'Only who was a host of a call, or began its recording, deletes that or has it composed.')

export const recordingUnavailable = (reason: string) =>
  new AppError('RECORDING_UNAVAILABLE', `Calls cannot be recorded here: ${reason}.`)

const retryAfterMs = 5_000

export const mediaNotReady = (progress: string) =>
  new AppError('MEDIA_NOT_READY', `Calls cannot be had yet. The media worker: ${progress}`, { retryAfterMs })

export const mediaGone = (cause?: unknown) =>
  new AppError('MEDIA_NOT_READY', 'The media worker is gone; another one is being started.', {
    retryAfterMs: 1_000,
    ...(cause !== undefined && { cause }),
  })

export const mediaFull = () => new AppError('CAPACITY', 'The media workers have all they can do.', { retryAfterMs })

export const notTaken = (cause?: Error) =>
  new AppError('VALIDATION_ERROR', 'These media parameters cannot be used.', cause && { cause })

export const tooManyBits = (most: number) =>
  new AppError(
    'VALIDATION_ERROR',
    `You may send ${most} bits per second in this call: ask for no more in "maxBitrate".`,
  )

export const noSuchTransport = () => new AppError('NOT_FOUND', 'You have no such transport.')

export const noSuchProducer = () => new AppError('NOT_FOUND', 'You publish no such thing.')

export const held = () => new AppError('FORBIDDEN', 'A moderator lets nothing of this through.')

export const sourceTaken = () => new AppError('CONFLICT', 'You publish one of these already: close it first.')

export const dataTooLong = () =>
  new AppError('VALIDATION_ERROR', `What the room is told has ${limits.roomDataBytes} bytes at most.`)

export const tooMuchData = (retryAfterMs: number) =>
  new AppError('RATE_LIMITED', 'You tell the room too much at once.', { retryAfterMs })

export const notInCall = () => new AppError('CONFLICT', 'Join a call first.')

export const inCallNoLonger = () =>
  new AppError('CONFLICT', 'You left this call, or were taken out, as you came in: join it anew.')

export const inAnotherCall = () => new AppError('CONFLICT', 'This socket is in a call already: leave it first.')

export const roomElsewhere = () =>
  new AppError('SERVICE_UNAVAILABLE', 'This call is served elsewhere: ask for its signaling_url again.', {
    retryAfterMs: 1_000,
  })

export const lineReplaced = () => new AppError('CONFLICT', 'Another connection took the place of this one.')
