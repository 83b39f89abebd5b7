import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Changing } from '../calls/change-call.ts'
import { toJoinedCall } from '../calls/connecting.ts'
import { acceptCall as accept } from '../calls/join-call.ts'
import type { Context } from '../context.ts'

export const acceptCall = route(
  calls.accept,
  (context: Changing & Pick<Context, 'config' | 'callTokens' | 'iceServers' | 'pool' | 'rooms'>) =>
    async ({ params: { call_id: callId }, caller: { userId, sessionId }, reply }) => {
      context.pool.assertRoom()
      const joined = await accept(context, { callId, userId, sessionId })
      context.events.callActed({ action: joined.participant ? 'accept' : 'wait', callId, userId })
      return toJoinedCall(context, { joined, userId, reply })
    },
)
