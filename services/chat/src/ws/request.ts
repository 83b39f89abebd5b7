import { AppError } from '@secureconnect/errors'
import { type ChatRequestType, chatRequests, type Operation } from '@secureconnect/protocol'
import { type FrameHandler, type FrameInput, frame, priorityOf } from '@secureconnect/service'
import type { Static, TSchema } from 'typebox'
import type { Context } from '../context.ts'

type Requests = typeof chatRequests
type ReplyOf<T extends ChatRequestType> = Requests[T]['reply'] extends TSchema ? Static<Requests[T]['reply']> : unknown
type Input<T extends ChatRequestType> = FrameInput<Requests[T]['frame']>
type Handle<T extends ChatRequestType> = (input: Input<T>) => Promise<ReplyOf<T>> | ReplyOf<T>

/** Ties a request of the chat socket to what carries it out. */
export function request<T extends ChatRequestType>(type: T, handle: Handle<T>): FrameHandler {
  const { frame: schema }: { frame: Requests[T]['frame'] } = chatRequests[type]
  return frame(schema, handle)
}

/**
 * What can be asked over REST too counts against the same limit, gives way to the same load, and is written down where
 * it is refused. Who asks is active on this device.
 */
export function likeOperation<I extends FrameInput, R>(
  { limiter, rates, audit, activity, load }: Pick<Context, 'limiter' | 'rates' | 'audit' | 'activity' | 'load'>,
  operation: Operation,
  handle: (input: I) => Promise<R>,
): (input: I) => Promise<R> {
  const { rate, path, audit: protects } = operation
  const priority = priorityOf(operation)
  return async (input) => {
    const { userId, sessionId } = input.caller
    activity.note(userId)
    load.assertRoom(priority)
    if (rate !== 'unlimited') {
      const key = `${rate}:user:${userId}`
      const { isAllowed, retryAfterMs } = await limiter.take({ key, rate: rates[rate], endpoint: path })
      if (!isAllowed) throw new AppError('RATE_LIMITED', 'Too many requests; try again later.', { retryAfterMs })
    }
    try {
      return await handle(input)
    } catch (error) {
      if (protects && error instanceof AppError && error.status === 403)
        audit.record({ ...protects, result: 'denied', reason: error.code, userId, sessionId })
      throw error
    }
  }
}
