import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { leaveCall as leave } from '../calls/leave-call.ts'
import { toCallFor } from '../calls/to-call.ts'
import type { Context } from '../context.ts'

export const leaveCall = route(
  calls.leave,
  (context: Pick<Context, 'sql' | 'kv' | 'events'>) =>
    async ({ params: { call_id: callId }, caller: { userId } }) => {
      const state = await leave(context, { callId, userId })
      context.events.callActed({ action: 'leave', callId, userId })
      return toCallFor(state, userId)
    },
)
