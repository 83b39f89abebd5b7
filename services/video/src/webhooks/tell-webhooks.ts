import type { Kv } from '@secureconnect/kv'
import { enqueue } from '@secureconnect/outbox'
import type { CallWebhook } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { CallState, Step } from '../calls/call-state.ts'
import { areWebhooksPosted } from '../stores/nodes.ts'
import { listCallWebhooks } from './list-call-webhooks.ts'
import type { Webhooks } from './webhooks.ts'

/** Webhooks that wait for the system of the operator's that wants them. */
export const webhookTopic = 'call_webhook'

/** A receiver that was away for longer has to ask for what it missed. */
const lastingMs = 3 * 24 * 3_600_000

type Way = { kv: Pick<Kv, 'publish'>; webhooks: Webhooks | undefined }

/** Leaves webhooks to be posted, those of a call one after the other, where this process or another one posts any. */
export async function enqueueWebhooks(tx: Transaction, told: readonly CallWebhook[], { kv, webhooks }: Way) {
  if (told.length === 0 || !(webhooks || (await areWebhooksPosted(tx)))) return
  const expiresAt = new Date(Date.now() + lastingMs)
  for (const payload of told) {
    const key = payload.data.call.call_id
    await enqueue(tx, { topic: webhookTopic, key, payload, expiresAt }, kv)
  }
}

/**
 * Leaves webhooks of a change of a call to be posted. They are counted also where nobody wants them, so that a gap shows.
 * Answers the state with their count.
 */
export async function tellWebhooks(tx: Transaction, step: Step, { kv, webhooks }: Way): Promise<CallState> {
  const { call } = step.after
  const told = listCallWebhooks(step)
  await enqueueWebhooks(tx, told, { kv, webhooks })
  return { ...step.after, call: { ...call, webhooks_told: call.webhooks_told + told.length } }
}
