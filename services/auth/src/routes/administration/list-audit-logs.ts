import type { AuditEvent } from '@secureconnect/audit'
import { type AuditEntry, admin, Timestamp, Uuid } from '@secureconnect/protocol'
import { createCursor, route, rowsForPage, toPage } from '@secureconnect/service'
import { Type } from 'typebox'
import type { Context } from '../../context.ts'
import { listAuditEvents } from '../../stores/audit-events.ts'

const cursor = createCursor(Type.Object({ at: Timestamp, id: Uuid }))

function toEntry({ occurred_at: occurredAt, ...row }: AuditEvent): AuditEntry {
  return { ...row, timestamp: occurredAt.toISOString() }
}

/** The database refuses 31 February; a Date takes it for a day in March. */
function toDate(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}

export const listAuditLogs = route(
  admin.listAuditLogs,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ query }) => {
      const { user_id: userId, target_id: targetId, resource, action, result, service, from, to, limit } = query
      const filter = { userId, targetId, resource, action, result, service, from: toDate(from), to: toDate(to) }
      const last = cursor.read(query.cursor)
      const after = last && { at: new Date(last.at), id: last.id }
      const found = await listAuditEvents(sql, filter, { after, rows: rowsForPage(limit) })
      events.auditListed()
      const { rows, ...end } = toPage(found, limit, (last) =>
        cursor.write({ at: last.occurred_at.toISOString(), id: last.event_id }),
      )
      return { entries: rows.map(toEntry), ...end }
    },
)
