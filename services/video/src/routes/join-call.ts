import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Changing } from '../calls/change-call.ts'
import { toJoinedCall } from '../calls/connecting.ts'
import { joinCall as join } from '../calls/join-call.ts'
import type { Context } from '../context.ts'

export const joinCall = route(
  calls.join,
  (context: Changing & Pick<Context, 'config' | 'callTokens' | 'iceServers' | 'pool' | 'rooms'>) =>
    async ({ params: { call_id: callId }, caller: { userId, sessionId }, reply }) => {
      context.pool.assertRoom()
      const joined = await join(context, { callId, userId, sessionId })
      context.events.callActed({ action: joined.participant ? 'join' : 'wait', callId, userId })
      return toJoinedCall(context, { joined, userId, reply })
    },
)
