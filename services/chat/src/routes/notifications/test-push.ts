import { push } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { enqueuePushes } from '../../push/enqueue-pushes.ts'

const aboutNothing = { conversation_id: null, seq: null, message_seq: null, message_id: null, actor_id: null }

export const testPush = route(
  push.test,
  (context: Pick<Context, 'sql' | 'kv' | 'activity'>) =>
    async ({ caller: { userId } }) => {
      const wanted = { user_id: userId, kind: 'test', ...aboutNothing } as const
      return { tokens: await context.sql.transaction((tx) => enqueuePushes(tx, [wanted], context)) }
    },
)
