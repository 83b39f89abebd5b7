import { buildService, type Service } from '@secureconnect/service'
import type { Context } from './context.ts'
import { relayMail } from './mail-relay.ts'
import { banUser } from './routes/ban-user.ts'
import { createSocketTicket } from './routes/create-socket-ticket.ts'
import { endSession } from './routes/end-session.ts'
import { getHealth } from './routes/get-health.ts'
import { getKeys, getWellKnownKeys } from './routes/get-keys.ts'
import { getMe } from './routes/get-me.ts'
import { getProfile } from './routes/get-profile.ts'
import { getStats } from './routes/get-stats.ts'
import { listAuditLogs } from './routes/list-audit-logs.ts'
import { listSessions } from './routes/list-sessions.ts'
import { listUsers } from './routes/list-users.ts'
import { login } from './routes/login.ts'
import { logout } from './routes/logout.ts'
import { logoutAll } from './routes/logout-all.ts'
import { refresh } from './routes/refresh.ts'
import { register } from './routes/register.ts'
import { unbanUser } from './routes/unban-user.ts'
import { dropOldSessions } from './sessions/drop-old-sessions.ts'
import { publishKeys } from './sessions/publish-keys.ts'
import { forgetOldAttempts } from './throttle/forget-old-attempts.ts'

const sessions = [logout, logoutAll, getProfile, listSessions, endSession, createSocketTicket]
const administration = [getStats, listUsers, banUser, unbanUser, listAuditLogs, getHealth]

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, {
    routes: [register, login, refresh, getKeys, getWellKnownKeys, getMe, ...sessions, ...administration],
    background: [publishKeys, dropOldSessions, relayMail, forgetOldAttempts],
  })
}
