import { sessions } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { endSessions } from '../../sessions/end-sessions.ts'
import { clearRefreshCookie } from '../../sessions/refresh-cookie.ts'

export const logoutAll = route(
  sessions.logoutAll,
  (context: Pick<Context, 'sql' | 'kv' | 'events'>) =>
    async ({ caller, request, reply }) => {
      const { userId, sessionId } = caller
      await context.sql.transaction((tx) => endSessions(tx, context, { userId, reason: 'logout_all' }))
      context.events.loggedOut({ userId, sessionId })
      clearRefreshCookie({ request, reply })
      return { message: 'You are signed out everywhere.' }
    },
)
