import { moderation, type ReportStatus } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertWellFormed } from '../../conversations/assert-well-formed.ts'
import { decidedAlready, reportNotFound } from '../../errors.ts'
import { readReports } from '../../moderation/read-reports.ts'
import { lockReport, saveDecision } from '../../stores/reports.ts'

/** What may follow each status; saying the same again, with another note, is fine. */
const following: Readonly<Record<ReportStatus, readonly ReportStatus[]>> = {
  open: ['open', 'reviewing', 'resolved', 'dismissed'],
  reviewing: ['reviewing', 'resolved', 'dismissed'],
  resolved: ['resolved'],
  dismissed: ['dismissed'],
}

type Needed = Pick<Context, 'sql' | 'archive' | 'events'>

export const updateReport = route(moderation.update, (context: Needed) => async ({ params, body, caller }) => {
  const { status, note } = body
  assertWellFormed({ note })
  const row = await context.sql.transaction(async (tx) => {
    const report = await lockReport(tx, params.report_id)
    if (!report) throw reportNotFound()
    if (!following[report.status].includes(status)) throw decidedAlready()
    const { report_id } = report
    return saveDecision(tx, { report_id, status, note: note ?? report.note, handled_by: caller.userId })
  })
  context.events.reportUpdated({ reportId: row.report_id, status })
  const [report] = await readReports(context, [row])
  if (!report) throw reportNotFound()
  return report
})
