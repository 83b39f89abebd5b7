import { type SignalingReply, type SignalingRequestType, signalingRequests } from '@secureconnect/protocol'
import { type FrameHandler, type FrameInput, frame } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { mediaGone } from '../errors.ts'
import type { Seat } from '../media/seats.ts'

type Requests = typeof signalingRequests
export type Input<T extends SignalingRequestType> = FrameInput<Requests[T]['frame']>
type Answer<T extends SignalingRequestType> = Promise<SignalingReply<T>> | SignalingReply<T>

/** A worker that dies leaves what it was asked unanswered. */
function isOfDeadWorker(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkerClosedError'
}

/** Ties a request of the signalling socket to what carries it out. */
export function request<T extends SignalingRequestType>(type: T, handle: (input: Input<T>) => Answer<T>): FrameHandler {
  const { frame: schema }: { frame: Requests[T]['frame'] } = signalingRequests[type]
  return frame(schema, async (input: Input<T>) => {
    try {
      return await handle(input)
    } catch (error) {
      throw isOfDeadWorker(error) ? mediaGone(error) : error
    }
  })
}

/** One that only somebody in a room can ask. */
export function seatedRequest<T extends SignalingRequestType>(
  { rooms }: Pick<Context, 'rooms'>,
  type: T,
  handle: (seat: Seat, frame: Input<T>['frame']) => Answer<T>,
): FrameHandler {
  return request(type, ({ frame, connection }) => handle(rooms.seats.get(connection), frame))
}
