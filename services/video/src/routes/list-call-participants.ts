import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { findParticipant } from '../calls/call-state.ts'
import { getCall } from '../calls/find-call.ts'
import { isModerator } from '../calls/moderation.ts'
import { toParticipant, toWaiting } from '../calls/to-call.ts'
import type { Context } from '../context.ts'
import { listLastStays } from '../stores/participants.ts'

export const listCallParticipants = route(
  calls.listParticipants,
  (context: Pick<Context, 'sql' | 'kv'>) =>
    async ({ params: { call_id: callId }, caller: { userId } }) => {
      const state = await getCall(context, { callId, userId })
      const own = findParticipant(state, userId)
      const stays = await listLastStays(context.sql, callId)
      return {
        participants: stays.map(toParticipant),
        invites: state.invites.map(({ user_id, status }) => ({ user_id, status })),
        waiting: own && isModerator(own) ? toWaiting(state) : [],
      }
    },
)
