import { type ChatRequestType, chatRequests, type Operation } from '@secureconnect/protocol'
import { type FrameHandler, type FrameInput, frame, likeOperation as holdToOperation } from '@secureconnect/service'
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

/** What can be asked over REST too is held to the same; who asks is active on this device. */
export function likeOperation<I extends FrameInput, R>(
  context: Pick<Context, 'limiter' | 'rates' | 'audit' | 'activity' | 'load'>,
  operation: Operation,
  handle: (input: I) => Promise<R>,
): (input: I) => Promise<R> {
  const held = holdToOperation(context, operation, handle)
  return (input) => {
    context.activity.note(input.caller.userId)
    return held(input)
  }
}
