import { callModeration } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { type Moderating, moderators } from '../calls/moderate-call.ts'
import { toWaiting } from '../calls/to-call.ts'

export const admitToCall = route(
  callModeration.admit,
  (context: Moderating) =>
    async ({ params: { call_id: callId }, caller: { userId }, body }) => {
      const state = await moderators.admit(context, { callId, userId }, body)
      return { waiting: toWaiting(state) }
    },
)
