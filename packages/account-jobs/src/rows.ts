import { limits } from '@secureconnect/protocol'
import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { Collected, JobKind } from './participants.ts'

const Kind = Type.Union([Type.Literal('erase'), Type.Literal('export')])

const JobRow = Type.Object({
  job_id: column.id,
  user_id: column.id,
  kind: Kind,
  messages: Type.Union([Type.Literal('keep'), Type.Literal('delete')]),
  remaining: Type.Array(column.text),
  requested_at: column.timestamp,
  finished_at: column.nullable(column.timestamp),
  expires_at: column.nullable(column.timestamp),
  is_complete: column.flag,
})
export type JobRow = Static<typeof JobRow>

export type NewJob = {
  userId: string
  kind: JobKind
  messages: 'keep' | 'delete'
  order: readonly string[]
  expiresAt: Date | null
}

/** Adds a job; undefined where there is one of this kind already. */
export function insertJob(tx: Transaction, job: NewJob): Promise<JobRow | undefined> {
  const { userId, kind, messages, order, expiresAt } = job
  return tx.maybeOne(JobRow)`
    insert into account_jobs (job_id, user_id, kind, messages, remaining, expires_at)
    values (${newId()}, ${userId}, ${kind}, ${messages}, ${order}::text[], ${expiresAt})
    on conflict (user_id, kind) do nothing
    returning *`
}

export function findJob(sql: Queries, jobId: string): Promise<JobRow | undefined> {
  return sql.maybeOne(JobRow)`select * from account_jobs where job_id = ${jobId}`
}

/** The export that somebody can have now, or that is being made for him. */
export function findExport(sql: Queries, userId: string): Promise<JobRow | undefined> {
  return sql.maybeOne(JobRow)`
    select * from account_jobs where user_id = ${userId} and kind = 'export' and expires_at > now()`
}

export async function removeExpiredExport(tx: Transaction, userId: string): Promise<void> {
  await tx.execute`delete from account_jobs where user_id = ${userId} and kind = 'export' and expires_at <= now()`
}

export async function removeJob(tx: Transaction, jobId: string): Promise<void> {
  await tx.execute`delete from account_jobs where job_id = ${jobId}`
}

/** Notes that a service has done its part, and answers the job as it is then; undefined where the job has gone. */
export function endPart(tx: Transaction, jobId: string, service: string): Promise<JobRow | undefined> {
  return tx.maybeOne(JobRow)`
    update account_jobs set remaining = array_remove(remaining, ${service}),
      finished_at = case when cardinality(array_remove(remaining, ${service})) = 0 then clock_timestamp() end
    where job_id = ${jobId}
    returning *`
}

const Size = Type.Object({ pieces: column.integer, bytes: column.integer })

/** How much an export has found so far. */
export function measureExport(sql: Queries, jobId: string): Promise<Static<typeof Size>> {
  return sql.one(Size)`
    select count(*) as pieces, coalesce(sum(bytes), 0) as bytes from export_pieces where job_id = ${jobId}`
}

/** Adds what a step found; false where the export would become too large, which it then says of itself. */
export async function addPiece(tx: Transaction, jobId: string, { section, items }: Collected): Promise<boolean> {
  const content = JSON.stringify(items).slice(1, -1)
  const bytes = Buffer.byteLength(content)
  const { pieces, bytes: before } = await measureExport(tx, jobId)
  if (before + bytes > limits.exportBytes) {
    await tx.execute`update account_jobs set is_complete = false where job_id = ${jobId}`
    return false
  }
  await tx.execute`
    insert into export_pieces (job_id, position, section, items, bytes)
    values (${jobId}, ${pieces}, ${section}, ${content}, ${bytes})`
  return true
}

const Piece = Type.Object({ section: column.text, items: column.text })

export function findPiece(sql: Queries, jobId: string, position: number): Promise<Static<typeof Piece> | undefined> {
  return sql.maybeOne(Piece)`
    select section, items from export_pieces where job_id = ${jobId} and position = ${position}`
}
