import { callModeration } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { type Moderating, moderators } from '../calls/moderate-call.ts'
import { toCallFor } from '../calls/to-call.ts'

export const setCallLobby = route(
  callModeration.lobby,
  (context: Moderating) =>
    async ({ params: { call_id: callId }, caller: { userId }, body }) => {
      const state = await moderators.lobby(context, { callId, userId }, body)
      return toCallFor(state, userId)
    },
)
