import { sessions } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { endSessions } from '../../sessions/end-sessions.ts'
import { sessionNotFound } from '../../sessions/errors.ts'

export const endSession = route(
  sessions.end,
  (context: Pick<Context, 'sql' | 'kv' | 'events'>) =>
    async ({ caller, params }) => {
      const { userId } = caller
      const ending = { userId, only: params.session_id, reason: 'ended_by_owner' }
      const ended = await context.sql.transaction((tx) => endSessions(tx, context, ending))
      if (ended === 0) throw sessionNotFound()
      return { message: 'The session has ended.' }
    },
)
