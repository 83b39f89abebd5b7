import type { Kv } from '@secureconnect/kv'
import { enqueue } from '@secureconnect/outbox'
import { lifetimes } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import { type JobKind, participants } from './participants.ts'
import { insertJob, type JobRow, removeExpiredExport } from './rows.ts'

export type Wake = Pick<Kv, 'publish'>

/** Where a service finds the steps that wait for it. */
export function toTopic(kind: JobKind, service: string): string {
  return `account-${kind}.${service}`
}

/** Where exports wait for their end. */
export const exportEndTopic = 'account-export-end'

/** Hands a job to the service whose turn it is. */
export async function passOn(tx: Transaction, { job_id, kind, remaining }: JobRow, kv: Wake): Promise<void> {
  const [next] = remaining
  if (next !== undefined) await enqueue(tx, { topic: toTopic(kind, next), key: job_id, payload: { job_id } }, kv)
}

type Erasure = { userId: string; messages: 'keep' | 'delete'; order?: readonly string[] }

/** Begins to erase an account, in the transaction that ends its use. */
export async function startErasure(
  tx: Transaction,
  { userId, messages, order = participants }: Erasure,
  kv: Wake,
): Promise<void> {
  const job = await insertJob(tx, { userId, kind: 'erase', messages, order, expiresAt: null })
  if (job) await passOn(tx, job, kv)
}

type Export = { userId: string; order?: readonly string[] }

/** Begins an export, unless there is one that can still be had; false where there is. */
export async function startExport(
  tx: Transaction,
  { userId, order = participants }: Export,
  kv: Wake,
): Promise<boolean> {
  await removeExpiredExport(tx, userId)
  const expiresAt = new Date(Date.now() + lifetimes.exportMs)
  const job = await insertJob(tx, { userId, kind: 'export', messages: 'keep', order, expiresAt })
  if (!job) return false
  await passOn(tx, job, kv)
  const { job_id } = job
  await enqueue(tx, { topic: exportEndTopic, key: job_id, payload: { job_id }, dueAt: expiresAt })
  return true
}
