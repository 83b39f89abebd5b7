import { AppError } from '@secureconnect/errors'

export const callNotFound = () => new AppError('CALL_NOT_FOUND', 'There is no such call.')

export const callEnded = () => new AppError('CALL_ENDED', 'This call is over.')

export const callFull = () => new AppError('CALL_FULL', 'Nobody else can come into this call.')

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
  new AppError('LIMIT_REACHED', `A call rings at ${most} people at most: say at whom.`)

export const blocked = () => new AppError('BLOCKED', 'One of you has blocked the other.')
