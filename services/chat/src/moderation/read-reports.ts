import type { Report } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { loadPlaces } from '../history/load-places.ts'
import type { StoredMessage } from '../log/log-event.ts'
import { toMessage } from '../log/to-message.ts'
import type { ReportRow } from '../stores/reports.ts'
import { listKeptPlaces } from '../stores/retention.ts'
import { toOwnReport } from './make-report.ts'

type Needed = Pick<Context, 'sql' | 'archive' | 'events'>

/** The reported messages that are still there; what was deleted, has expired or is kept no longer is not. */
async function loadReported({ sql, archive }: Needed, rows: readonly ReportRow[]): Promise<Map<string, StoredMessage>> {
  const places = rows.flatMap(({ conversation_id, seq }) =>
    conversation_id === null || seq === null ? [] : [{ conversation_id, seq }],
  )
  const messages = await loadPlaces({ sql, archive }, await listKeptPlaces(sql, places))
  const present = messages.filter(({ deletedAt }) => deletedAt === null)
  return new Map(present.map((message) => [message.messageId, message]))
}

/** Reports as administrators see them. That they read messages of conversations they are not in leaves a trace. */
export async function readReports(needed: Needed, rows: readonly ReportRow[]): Promise<Report[]> {
  const messages = await loadReported(needed, rows)
  return rows.map((row) => {
    const { reporter_id, conversation_id, disclosed_content, note, handled_by } = row
    const message = messages.get(row.subject_id)
    needed.events.reportRead({ reportId: row.report_id, messageId: message?.messageId })
    return {
      ...toOwnReport(row),
      reporter_id,
      conversation_id,
      message: message ? toMessage(message) : null,
      disclosed_content,
      note,
      handled_by,
      changed_at: row.changed_at.toISOString(),
    }
  })
}
