import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { getCall } from '../calls/find-call.ts'
import { toParticipant } from '../calls/to-call.ts'
import type { Context } from '../context.ts'
import { listLastStays } from '../stores/participants.ts'

export const listCallParticipants = route(
  calls.listParticipants,
  (context: Pick<Context, 'sql' | 'kv'>) =>
    async ({ params: { call_id: callId }, caller: { userId } }) => {
      const { invites } = await getCall(context, { callId, userId })
      const stays = await listLastStays(context.sql, callId)
      return {
        participants: stays.map(toParticipant),
        invites: invites.map(({ user_id, status }) => ({ user_id, status })),
      }
    },
)
