import type { Logger } from '@secureconnect/logging'
import { enqueue, type OutboxRow, type Topic, Undeliverable } from '@secureconnect/outbox'
import type { ServiceName } from '@secureconnect/protocol'
import type { Sql, Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { AccountSteps } from './participants.ts'
import { addPiece, endPart, findJob, type JobRow, removeJob } from './rows.ts'
import { exportEndTopic, passOn, toTopic, type Wake } from './start-job.ts'

const waitingStep = Compile(Type.Object({ job_id: Type.String(), after: Type.Optional(Type.String()) }))

function readStep({ payload }: OutboxRow): { job_id: string; after?: string } {
  if (!waitingStep.Check(payload)) throw new Undeliverable('the row is not a step of a job')
  return payload
}

export type JobTopicsOptions = {
  service: ServiceName
  steps: AccountSteps
  sql: Pick<Sql, 'background'>
  kv: Wake
  log: Logger
}

/** The note of how far a job came, and the next step's row. */
async function goOn(
  tx: Transaction,
  { row, job, next }: { row: OutboxRow; job: JobRow; next: string | undefined },
  { service, kv, log }: JobTopicsOptions,
): Promise<void> {
  const { job_id, kind } = job
  if (next !== undefined) {
    await enqueue(tx, { topic: row.topic, key: row.key, payload: { job_id, after: next } }, kv)
    return
  }
  const ended = await endPart(tx, job_id, service)
  if (ended) await passOn(tx, ended, kv)
  tx.afterCommit(() => log.info({ kind, job_id, outcome: 'succeeded' }, 'part of an account job done'))
}

/** A step, the note of how far it came, and the next one's row are one transaction: so each counts once. */
async function erase(tx: Transaction, row: OutboxRow, options: JobTopicsOptions): Promise<void> {
  const { job_id, after } = readStep(row)
  const job = await findJob(tx, job_id)
  if (!job) return
  const next = await options.steps.erase(tx, { userId: job.user_id, messages: job.messages, after })
  await goOn(tx, { row, job, next }, options)
}

/** Collects first, and answers what keeps it: the same as one transaction. */
async function collect(row: OutboxRow, options: JobTopicsOptions): Promise<(tx: Transaction) => Promise<void>> {
  const { job_id, after } = readStep(row)
  const job = await findJob(options.sql.background, job_id)
  const found = job && (await options.steps.collect(options.sql.background, { userId: job.user_id, after }))
  return async (tx) => {
    // An export can expire, and its owner's account be erased, while a step of it waits or is under way.
    if (!found || !(await findJob(tx, job_id))) return
    const isAdded = await addPiece(tx, job_id, found)
    await goOn(tx, { row, job, next: isAdded ? found.next : undefined }, options)
  }
}

/** What a service relays to do its part in the jobs of all accounts. */
export function jobTopics(options: JobTopicsOptions): Record<string, Topic> {
  // Somebody's wish to be erased is never given up, however long a service is away.
  const attempts = Number.MAX_SAFE_INTEGER
  return {
    [toTopic('erase', options.service)]: { apply: (tx, row) => erase(tx, row, options), attempts },
    [toTopic('export', options.service)]: { prepare: (row) => collect(row, options), attempts },
  }
}

/** Removes exports whose time is up; for the one service that starts them. */
export const exportEnds: Record<string, Topic> = {
  [exportEndTopic]: { apply: (tx, row) => removeJob(tx, readStep(row).job_id), attempts: Number.MAX_SAFE_INTEGER },
}
