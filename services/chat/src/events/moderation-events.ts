import type { ReportStatus } from '@secureconnect/protocol'
import type { Observers } from './observers.ts'

/** What people report, and what administrators see and do of it. */
export function createModerationEvents({ log, audit }: Observers) {
  return {
    reportMade({ reportId, userId, targetId }: { reportId: string; userId: string; targetId: string }) {
      log.info({ report_id: reportId, user_id: userId, target_id: targetId, outcome: 'succeeded' }, 'report made')
      audit.record({ resource: 'report', action: 'create', result: 'allowed', userId, targetId })
    },

    reportsListed() {
      audit.record({ resource: 'report', action: 'list', result: 'allowed' })
    },

    /** Whoever reads a message of others leaves a trace of which. */
    reportRead({ reportId, messageId }: { reportId: string; messageId: string | undefined }) {
      audit.record({ resource: 'report', action: 'read', result: 'allowed', targetId: reportId })
      if (messageId === undefined) return
      audit.record({ resource: 'message', action: 'read-reported', result: 'allowed', targetId: messageId })
    },

    reportUpdated({ reportId, status }: { reportId: string; status: ReportStatus }) {
      log.info({ report_id: reportId, status, outcome: 'succeeded' }, 'report handled')
      audit.record({ resource: 'report', action: 'update', result: 'allowed', targetId: reportId, reason: status })
    },
  }
}
