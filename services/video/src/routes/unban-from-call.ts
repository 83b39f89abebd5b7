import { callModeration } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { type Moderating, moderators } from '../calls/moderate-call.ts'
import { toParticipants } from '../calls/to-call.ts'

export const unbanFromCall = route(
  callModeration.unban,
  (context: Moderating) =>
    async ({ params: { call_id: callId }, caller: { userId }, body }) => {
      const state = await moderators.unban(context, { callId, userId }, body)
      return { participants: toParticipants(state) }
    },
)
