import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Changing } from '../calls/change-call.ts'
import { endCall as end } from '../calls/leave-call.ts'
import { toCallFor } from '../calls/to-call.ts'

export const endCall = route(
  calls.end,
  (context: Changing) =>
    async ({ params: { call_id: callId }, caller: { userId } }) => {
      const state = await end(context, { callId, userId })
      context.events.callActed({ action: 'end', callId, userId })
      return toCallFor(state, userId)
    },
)
