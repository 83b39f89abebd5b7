import { sessions } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { listLiveSessions } from '../../stores/sessions.ts'

export const listSessions = route(sessions.list, ({ sql }: Pick<Context, 'sql'>) => async ({ caller }) => {
  const rows = await listLiveSessions(sql, caller.userId)
  return {
    sessions: rows.map(({ created_at: createdAt, last_used_at: lastUsedAt, ...row }) => ({
      ...row,
      created_at: createdAt.toISOString(),
      last_used_at: lastUsedAt.toISOString(),
      is_current: row.session_id === caller.sessionId,
    })),
  }
})
