import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Changing } from '../calls/change-call.ts'
import { declineCall as decline } from '../calls/leave-call.ts'
import { toCallFor } from '../calls/to-call.ts'

export const declineCall = route(
  calls.decline,
  (context: Changing) =>
    async ({ params: { call_id: callId }, caller: { userId, sessionId } }) => {
      const state = await decline(context, { callId, userId, sessionId })
      context.events.callActed({ action: 'decline', callId, userId })
      return toCallFor(state, userId)
    },
)
