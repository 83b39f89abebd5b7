import { lifetimes, ReportStatus } from '@secureconnect/protocol'
import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const ReportRow = Type.Object({
  report_id: column.id,
  reporter_id: column.nullable(column.id),
  subject_id: column.id,
  user_id: column.id,
  conversation_id: column.nullable(column.id),
  seq: column.nullable(column.integer),
  reason: column.text,
  disclosed_content: column.nullable(column.text),
  status: ReportStatus,
  note: column.nullable(column.text),
  handled_by: column.nullable(column.id),
  created_at: column.timestamp,
  changed_at: column.timestamp,
})

/** What somebody reported: a person, or a message where it has a place. */
export type ReportRow = Static<typeof ReportRow>

export type NewReport = Pick<
  ReportRow,
  'subject_id' | 'user_id' | 'conversation_id' | 'seq' | 'reason' | 'disclosed_content'
> & { reporter_id: string }

/** Adds a report, and answers its id. */
export async function insertReport(tx: Transaction, report: NewReport): Promise<string> {
  const { reporter_id, subject_id, user_id, conversation_id, seq, reason, disclosed_content } = report
  const id = newId()
  await tx.execute`
    insert into reports (report_id, reporter_id, subject_id, user_id, conversation_id, seq, reason, disclosed_content)
    values (${id}, ${reporter_id}, ${subject_id}, ${user_id}, ${conversation_id}, ${seq}, ${reason},
      ${disclosed_content})`
  return id
}

/** What somebody reported and nobody has decided. */
export function findUndecided(
  sql: Queries,
  { reporter_id, subject_id }: Pick<NewReport, 'reporter_id' | 'subject_id'>,
): Promise<ReportRow | undefined> {
  return sql.maybeOne(ReportRow)`
    select * from reports
    where reporter_id = ${reporter_id} and subject_id = ${subject_id} and status in ('open', 'reviewing')`
}

/** How much somebody reported within a day. */
export async function countRecentReports(sql: Queries, reporterId: string): Promise<number> {
  const { count } = await sql.one(Type.Object({ count: column.integer }))`
    select count(*) as count from reports
    where reporter_id = ${reporterId} and created_at > now() - interval '1 day'`
  return count
}

export function findReport(sql: Queries, reportId: string): Promise<ReportRow | undefined> {
  return sql.maybeOne(ReportRow)`select * from reports where report_id = ${reportId}`
}

export function lockReport(tx: Transaction, reportId: string): Promise<ReportRow | undefined> {
  return tx.maybeOne(ReportRow)`select * from reports where report_id = ${reportId} for update`
}

type Queue = { status: ReportStatus | undefined; after: string | undefined; rows: number }

/** Reports, those first that wait longest. */
export function listReports(sql: Queries, { status, after, rows }: Queue): Promise<ReportRow[]> {
  return sql.many(ReportRow)`
    select * from reports
    where (${status ?? null}::text is null or status = ${status ?? null})
      and (${after ?? null}::uuid is null or report_id > ${after ?? null}::uuid)
    order by report_id limit ${rows}`
}

export type Decision = Pick<ReportRow, 'report_id' | 'status' | 'note' | 'handled_by'>

export function saveDecision(tx: Transaction, decision: Decision): Promise<ReportRow> {
  const { report_id, status, note, handled_by } = decision
  return tx.one(ReportRow)`
    update reports set status = ${status}, note = ${note}, handled_by = ${handled_by}, changed_at = clock_timestamp()
    where report_id = ${report_id}
    returning *`
}

const OwnRow = Type.Omit(ReportRow, ['reporter_id', 'note', 'handled_by', 'changed_at'])

/** What somebody reported, by id, without what administrators noted. */
export function listReportsOf(
  sql: Queries,
  { userId, after, rows }: { userId: string; after: { id: string }; rows: number },
): Promise<Static<typeof OwnRow>[]> {
  return sql.many(OwnRow)`
    select report_id, subject_id, user_id, conversation_id, seq, reason, disclosed_content, status, created_at
    from reports where reporter_id = ${userId} and report_id > ${after.id}
    order by report_id limit ${rows}`
}

/** Forgets who reported what is not decided yet, and all else that he reported. */
export async function removeReporter(tx: Transaction, userId: string): Promise<void> {
  await tx.execute`delete from reports where reporter_id = ${userId} and status in ('resolved', 'dismissed')`
  await tx.execute`update reports set reporter_id = null where reporter_id = ${userId}`
}

/** Removes what reporters told of encrypted messages up to a place; the reports stay. */
export async function removeDisclosures(
  tx: Queries,
  { conversationId, afterSeq = 0, throughSeq }: { conversationId: string; afterSeq?: number; throughSeq: number },
): Promise<void> {
  await tx.execute`
    update reports set disclosed_content = null
    where conversation_id = ${conversationId} and seq > ${afterSeq} and seq <= ${throughSeq}
      and disclosed_content is not null`
}

/** Drops reports that were decided long ago; answers how many. */
export function dropDecidedReports(sql: Queries, rows: number): Promise<number> {
  return sql.execute`
    delete from reports where report_id in (
      select report_id from reports
      where status in ('resolved', 'dismissed')
        and changed_at < clock_timestamp() - ${lifetimes.decidedReportMs}::bigint * interval '1 millisecond'
      limit ${rows})`
}
