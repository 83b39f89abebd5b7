import { keys } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { claimKeys as claim } from '../../keys/claim-keys.ts'

export const claimKeys = route(
  keys.claim,
  (context: Pick<Context, 'sql' | 'fanOut' | 'events'>) =>
    async ({ body: { user_ids: userIds, kind }, caller: { userId, sessionId } }) => {
      const claimed = await claim(context, { userId, sessionId, userIds, kind })
      context.events.keysClaimed({ userId, kind, count: claimed.length })
      return { keys: claimed }
    },
)
