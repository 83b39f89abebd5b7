import { type AccountSteps, jobTopics } from '@secureconnect/account-jobs'
import { startRelay } from '@secureconnect/outbox'
import { collectCalls } from './account-jobs/collect-calls.ts'
import { eraseCalls } from './account-jobs/erase-calls.ts'
import type { Context } from './context.ts'
import { createRecordingRemoval, recordingRemovalTopic } from './recording/remove-recording.ts'
import { relayWebhooks } from './webhooks/relay-webhooks.ts'
import { webhookTopic } from './webhooks/tell-webhooks.ts'

/** Carries out what waits in the outbox for calls: their part in account jobs, and webhooks. */
export function relayEffects(context: Context): Promise<AsyncDisposable> {
  const { sql, kv, log, metrics, webhooks } = context
  const steps: AccountSteps = { erase: (tx, step) => eraseCalls(tx, step, context), collect: collectCalls }
  const topics = {
    ...jobTopics({ service: 'video-service', steps, sql, kv, log }),
    [recordingRemovalTopic]: createRecordingRemoval(context),
    ...(webhooks && { [webhookTopic]: relayWebhooks(webhooks) }),
  }
  return startRelay({ sql, kv, log, metrics, topics })
}
