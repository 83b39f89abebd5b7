import { lockAccounts } from '@secureconnect/directory'
import { limits, type OwnReport } from '@secureconnect/protocol'
import { type Made, makeOnce, type RepeatableRequest } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { limitReached } from '../errors.ts'
import {
  countRecentReports,
  findReport,
  findUndecided,
  insertReport,
  type NewReport,
  type ReportRow,
} from '../stores/reports.ts'

/** A report as whoever made it sees it. */
export function toOwnReport({ report_id, user_id, subject_id, conversation_id, ...report }: ReportRow): OwnReport {
  const { reason, status, created_at } = report
  const message_id = conversation_id === null ? null : subject_id
  return { report_id, user_id, message_id, reason, status, created_at: created_at.toISOString() }
}

async function insertOnce(tx: Transaction, report: NewReport): Promise<Made> {
  const known = await findUndecided(tx, report)
  if (known) return { id: known.report_id, isNew: false }
  const most = limits.reportsPerDay
  if ((await countRecentReports(tx, report.reporter_id)) >= most) throw limitReached(`reports in a day: ${most}`)
  return { id: await insertReport(tx, report), isNew: true }
}

/** Adds a report to the queue, or answers the one that waits there already; `toReport` says what it is about. */
export async function makeReport(
  { sql, events }: Pick<Context, 'sql' | 'events'>,
  reporting: RepeatableRequest,
  toReport: (tx: Transaction) => Promise<Omit<NewReport, 'reporter_id'>>,
): Promise<{ report: OwnReport; isNew: boolean }> {
  const { userId } = reporting
  return sql.transaction(async (tx) => {
    const { id, isNew } = await makeOnce(tx, reporting, async () => {
      // Reports of one person come one after the other, so that they can be counted.
      await lockAccounts(tx, [userId])
      return insertOnce(tx, { ...(await toReport(tx)), reporter_id: userId })
    })
    const row = await findReport(tx, id)
    if (!row) throw new Error('A report is not there that was just made')
    const report = toOwnReport(row)
    if (isNew) tx.afterCommit(() => events.reportMade({ reportId: id, userId, targetId: row.user_id }))
    return { report, isNew }
  })
}
