import type { Kv } from '@secureconnect/kv'
import { enqueue } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import type { CallState, Step } from '../calls/call-state.ts'
import { listCallWebhooks } from './list-call-webhooks.ts'
import type { Webhooks } from './webhooks.ts'

/** Webhooks that wait for the system of the operator's that wants them. */
export const webhookTopic = 'call_webhook'

/** A receiver that was away for longer has to ask for what it missed. */
const lastingMs = 3 * 24 * 3_600_000

type Way = { kv: Pick<Kv, 'publish'>; webhooks: Webhooks | undefined }

/**
 * Leaves webhooks of a change of a call to be posted one after the other, where there is anybody to post them to. They
 * are counted anyway, so that a gap shows. Answers the state with their count.
 */
export async function tellWebhooks(tx: Transaction, step: Step, { kv, webhooks }: Way): Promise<CallState> {
  const { call } = step.after
  const told = listCallWebhooks(step)
  const expiresAt = new Date(Date.now() + lastingMs)
  const effects = webhooks ? told : []
  for (const payload of effects) {
    await enqueue(tx, { topic: webhookTopic, key: call.call_id, payload, expiresAt }, kv)
  }
  return { ...step.after, call: { ...call, webhooks_told: call.webhooks_told + told.length } }
}
