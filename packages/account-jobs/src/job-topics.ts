import type { Logger } from '@secureconnect/logging'
import { enqueue, type OutboxRow, type Topic, Undeliverable } from '@secureconnect/outbox'
import type { ServiceName } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { AccountSteps, JobKind } from './participants.ts'
import { addPiece, endPart, findJob, type JobRow, removeJob } from './rows.ts'
import { exportEndTopic, passOn, toTopic, type Wake } from './start-job.ts'

const waitingStep = Compile(Type.Object({ job_id: Type.String(), after: Type.Optional(Type.String()) }))

function readStep({ payload }: OutboxRow): { job_id: string; after?: string } {
  if (!waitingStep.Check(payload)) throw new Undeliverable('the row is not a step of a job')
  return payload
}

export type JobTopicsOptions = { service: ServiceName; steps: AccountSteps; kv: Wake; log: Logger }

async function takeStep(
  tx: Transaction,
  { steps, job, after }: { steps: AccountSteps; job: JobRow; after: string | undefined },
): Promise<string | undefined> {
  const { job_id: jobId, user_id: userId, kind, messages } = job
  if (kind === 'erase') return steps.erase(tx, { userId, messages, after })
  const found = await steps.collect(tx, { userId, after })
  return (await addPiece(tx, jobId, found)) ? found.next : undefined
}

/** A step, the note of how far it came, and the next one's row are one transaction: so each counts once. */
async function apply(tx: Transaction, row: OutboxRow, { service, steps, kv, log }: JobTopicsOptions): Promise<void> {
  const { job_id, after } = readStep(row)
  const job = await findJob(tx, job_id)
  // An export can expire, and its owner's account be erased, while a step of it waits.
  if (!job) return
  const next = await takeStep(tx, { steps, job, after })
  if (next !== undefined) {
    await enqueue(tx, { topic: row.topic, key: row.key, payload: { job_id, after: next } }, kv)
    return
  }
  const ended = await endPart(tx, job_id, service)
  if (ended) await passOn(tx, ended, kv)
  tx.afterCommit(() => log.info({ kind: job.kind, job_id, outcome: 'succeeded' }, 'part of an account job done'))
}

/** What a service relays to do its part in the jobs of all accounts. */
export function jobTopics(options: JobTopicsOptions): Record<string, Topic> {
  const kinds: readonly JobKind[] = ['erase', 'export']
  // Somebody's wish to be erased is never given up, however long a service is away.
  const topic: Topic = { apply: (tx, row) => apply(tx, row, options), attempts: Number.MAX_SAFE_INTEGER }
  return Object.fromEntries(kinds.map((kind) => [toTopic(kind, options.service), topic]))
}

/** Removes exports whose time is up; for the one service that starts them. */
export const exportEnds: Record<string, Topic> = {
  [exportEndTopic]: { apply: (tx, row) => removeJob(tx, readStep(row).job_id), attempts: Number.MAX_SAFE_INTEGER },
}
