import { sessions } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { endSessions } from '../../sessions/end-sessions.ts'
import { clearRefreshCookie } from '../../sessions/refresh-cookie.ts'

export const logout = route(
  sessions.logout,
  (context: Pick<Context, 'sql' | 'kv' | 'events'>) =>
    async ({ caller, request, reply }) => {
      const { userId, sessionId } = caller
      const ending = { userId, only: sessionId, reason: 'logout' }
      const ended = await context.sql.transaction((tx) => endSessions(tx, context, ending))
      if (ended > 0) context.events.loggedOut({ userId, sessionId })
      clearRefreshCookie({ request, reply })
      return { message: 'You are signed out.' }
    },
)
