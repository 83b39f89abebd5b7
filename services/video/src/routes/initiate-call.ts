import { calls } from '@secureconnect/protocol'
import { hashBody, makeOnce, readIdempotencyKey, route } from '@secureconnect/service'
import type { Changing } from '../calls/change-call.ts'
import { describeConnection } from '../calls/connecting.ts'
import { getCall } from '../calls/find-call.ts'
import { initiateCall as initiate } from '../calls/initiate-call.ts'
import { toCallFor } from '../calls/to-call.ts'
import type { Context } from '../context.ts'

export const initiateCall = route(
  calls.initiate,
  (context: Changing & Pick<Context, 'config' | 'callTokens' | 'iceServers' | 'pool' | 'rooms'>) =>
    async ({ body, caller: { userId, sessionId }, request }) => {
      context.pool.assertRoom()
      const { sql, events } = context
      const key = readIdempotencyKey(request)
      const keyed = { userId, operation: calls.initiate.name, key, bodyHash: hashBody(body) }
      const { id: callId, isNew } = await sql.transaction((tx) =>
        makeOnce(tx, keyed, async () => {
          return { id: await initiate(tx, { body, person: { userId, sessionId } }, context), isNew: true }
        }),
      )
      if (isNew) events.callActed({ action: 'initiate', callId, userId })
      const state = await getCall(context, { callId, userId })
      return { ...toCallFor(state, userId), ...(await describeConnection(context, { callId, userId })) }
    },
)
