import { type AuditEntry, admin, Timestamp, Uuid } from '@secureconnect/protocol'
import { createCursor, route, rowsForPage, toPage } from '@secureconnect/service'
import { Type } from 'typebox'
import type { Context } from '../context.ts'
import { type AuditRow, listAuditEvents } from '../stores/audit-events.ts'

const cursor = createCursor(Type.Object({ at: Timestamp, id: Uuid }))

function toEntry({ occurred_at: occurredAt, ...row }: AuditRow): AuditEntry {
  return { ...row, timestamp: occurredAt.toISOString() }
}

export const listAuditLogs = route(
  admin.listAuditLogs,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ query }) => {
      const { user_id: userId, target_id: targetId, resource, action, result, service, from, to, limit } = query
      const filter = { userId, targetId, resource, action, result, service, from, to }
      const page = { after: cursor.read(query.cursor), rows: rowsForPage(limit) }
      const found = await listAuditEvents(sql, filter, page)
      events.auditListed()
      const { rows, ...end } = toPage(found, limit, (last) =>
        cursor.write({ at: last.occurred_at.toISOString(), id: last.event_id }),
      )
      return { entries: rows.map(toEntry), ...end }
    },
)
