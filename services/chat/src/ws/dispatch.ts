import type { ChatRequestType } from '@secureconnect/protocol'
import type { FrameHandler } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { createCommitRequests } from './commit-requests.ts'
import { createDeviceRequests } from './device-requests.ts'
import { getEvents } from './get-events.ts'
import { createMessageRequests } from './message-requests.ts'
import { createPeopleRequests } from './people-requests.ts'
import { createPollRequests } from './poll-requests.ts'
import { createReactionRequests } from './reaction-requests.ts'
import { createReceiptRequests } from './receipt-requests.ts'
import { request } from './request.ts'
import { subscribe } from './subscribe.ts'

/** A frame without a handler, or a handler without a frame, does not compile. */
type Handlers = { readonly [T in ChatRequestType]: FrameHandler }

/** What each request of the chat socket does: the same as its operation over REST, where it has one. */
export function createHandlers(context: Context): Handlers {
  const { audience } = context
  return {
    subscribe: request('subscribe', ({ frame, connection }) => {
      const session = audience.get(connection)
      return session.inTurn(() => subscribe(context, session, frame))
    }),
    'events.get': request('events.get', ({ frame, caller }) => getEvents(context, caller.userId, frame)),
    ...createMessageRequests(context),
    ...createReactionRequests(context),
    ...createPollRequests(context),
    ...createReceiptRequests(context),
    ...createPeopleRequests(context),
    ...createDeviceRequests(context),
    ...createCommitRequests(context),
  }
}
