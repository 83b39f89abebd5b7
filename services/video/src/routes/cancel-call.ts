import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Changing } from '../calls/change-call.ts'
import { cancelCall as cancel } from '../calls/leave-call.ts'
import { toCallFor } from '../calls/to-call.ts'

export const cancelCall = route(
  calls.cancel,
  (context: Changing) =>
    async ({ params: { call_id: callId }, caller: { userId } }) => {
      const state = await cancel(context, { callId, userId })
      context.events.callActed({ action: 'cancel', callId, userId })
      return toCallFor(state, userId)
    },
)
