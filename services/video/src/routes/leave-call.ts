import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Changing } from '../calls/change-call.ts'
import { leaveCall as leave } from '../calls/leave-call.ts'
import { toCallFor } from '../calls/to-call.ts'

export const leaveCall = route(
  calls.leave,
  (context: Changing) =>
    async ({ params: { call_id: callId }, caller: { userId } }) => {
      const state = await leave(context, { callId, userId })
      context.events.callActed({ action: 'leave', callId, userId })
      return toCallFor(state, userId)
    },
)
