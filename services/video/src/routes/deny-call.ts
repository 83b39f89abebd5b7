import { callModeration } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { type Moderating, moderators } from '../calls/moderate-call.ts'
import { toWaiting } from '../calls/to-call.ts'

export const denyCall = route(
  callModeration.deny,
  (context: Moderating) =>
    async ({ params: { call_id: callId }, caller: { userId }, body }) => {
      const state = await moderators.deny(context, { callId, userId }, body)
      return { waiting: toWaiting(state) }
    },
)
