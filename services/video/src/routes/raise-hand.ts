import { callModeration } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { getParticipant } from '../calls/call-state.ts'
import { type Moderating, raiseHandInCall } from '../calls/moderate-call.ts'
import { toParticipant } from '../calls/to-call.ts'

export const raiseHand = route(
  callModeration.raiseHand,
  (context: Moderating) =>
    async ({ params: { call_id: callId }, caller: { userId }, body }) => {
      const state = await raiseHandInCall(context, { callId, userId }, body)
      return toParticipant(getParticipant(state, body.user_id ?? userId))
    },
)
