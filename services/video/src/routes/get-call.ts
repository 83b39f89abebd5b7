import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { isOver } from '../calls/call-state.ts'
import { describeSignaling } from '../calls/connecting.ts'
import { getCall as get } from '../calls/find-call.ts'
import { toCallFor } from '../calls/to-call.ts'
import type { Context } from '../context.ts'

export const getCall = route(
  calls.get,
  (context: Pick<Context, 'sql' | 'kv' | 'config' | 'rooms' | 'pool'>) =>
    async ({ params: { call_id: callId }, caller: { userId } }) => {
      const state = await get(context, { callId, userId })
      const place = isOver(state) ? { signaling_url: null } : await describeSignaling(context, callId)
      return { ...toCallFor(state, userId), ...place }
    },
)
