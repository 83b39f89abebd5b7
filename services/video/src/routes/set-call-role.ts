import { callModeration } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { getParticipant } from '../calls/call-state.ts'
import { type Moderating, moderators } from '../calls/moderate-call.ts'
import { toParticipant } from '../calls/to-call.ts'

export const setCallRole = route(
  callModeration.setRole,
  (context: Moderating) =>
    async ({ params, caller: { userId }, body: { role } }) => {
      const place = { callId: params.call_id, userId }
      const state = await moderators.setRole(context, place, { userId: params.user_id, role })
      return toParticipant(getParticipant(state, params.user_id))
    },
)
