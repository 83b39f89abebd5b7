import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { getCall as get } from '../calls/find-call.ts'
import { toCallFor } from '../calls/to-call.ts'
import type { Context } from '../context.ts'

export const getCall = route(
  calls.get,
  (context: Pick<Context, 'sql' | 'kv'>) =>
    async ({ params: { call_id: callId }, caller: { userId } }) =>
      toCallFor(await get(context, { callId, userId }), userId),
)
