import { moderation, Uuid } from '@secureconnect/protocol'
import { createCursor, route, rowsForPage, toPage } from '@secureconnect/service'
import { Type } from 'typebox'
import type { Context } from '../../context.ts'
import { readReports } from '../../moderation/read-reports.ts'
import { listReports as listQueue } from '../../stores/reports.ts'

const cursor = createCursor(Type.Object({ after: Uuid }))

type Needed = Pick<Context, 'sql' | 'archive' | 'events'>

export const listReports = route(moderation.list, (context: Needed) => async ({ query }) => {
  const { status, limit } = query
  const after = cursor.read(query.cursor)?.after
  const found = await listQueue(context.sql, { status, after, rows: rowsForPage(limit) })
  const { rows, ...end } = toPage(found, limit, ({ report_id }) => cursor.write({ after: report_id }))
  context.events.reportsListed()
  return { reports: await readReports(context, rows), ...end }
})
