import type { Kv } from '@secureconnect/kv'
import { enqueue } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import type { CallState, Step } from '../calls/call-state.ts'
import { listCallWebhooks } from './list-call-webhooks.ts'

/** Webhooks that wait for the system of the operator's that wants them. */
export const webhookTopic = 'call_webhook'

/** Leaves webhooks of a change of a call to be posted one after the other; answers the state that counts them. */
export async function tellWebhooks(tx: Transaction, step: Step, kv: Pick<Kv, 'publish'>): Promise<CallState> {
  const { call } = step.after
  const webhooks = listCallWebhooks(step)
  for (const payload of webhooks) await enqueue(tx, { topic: webhookTopic, key: call.call_id, payload }, kv)
  return { ...step.after, call: { ...call, webhooks_told: call.webhooks_told + webhooks.length } }
}
