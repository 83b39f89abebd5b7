import type { Role } from '@secureconnect/protocol'
import type { Observers } from './observers.ts'

type NewBan = { targetId: string; until: string | null; endedSessions: number }

/** What administrators do, and to whom. */
export function createAdminEvents({ log, audit }: Observers) {
  return {
    userBanned({ targetId, until, endedSessions }: NewBan) {
      log.warn({ target_id: targetId, until, ended_sessions: endedSessions, outcome: 'succeeded' }, 'account banned')
      const reason = until === null ? 'for good' : `until ${until}`
      audit.record({ resource: 'user', action: 'ban', result: 'allowed', targetId, reason })
    },

    userUnbanned({ targetId }: { targetId: string }) {
      log.warn({ target_id: targetId, outcome: 'succeeded' }, 'ban lifted')
      audit.record({ resource: 'user', action: 'unban', result: 'allowed', targetId })
    },

    /** Whoever reads other people's data leaves a trace of it. */
    usersListed() {
      audit.record({ resource: 'users', action: 'list', result: 'allowed' })
    },

    auditListed() {
      audit.record({ resource: 'audit', action: 'list', result: 'allowed' })
    },

    roleSet({ targetId, role }: { targetId: string; role: Role }) {
      log.warn({ target_id: targetId, role, outcome: 'succeeded' }, 'role set')
      audit.record({ resource: 'user', action: 'set_role', result: 'allowed', targetId, reason: role })
    },
  }
}
