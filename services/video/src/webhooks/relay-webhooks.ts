import { type Topic, Undeliverable } from '@secureconnect/outbox'
import { callWebhooks } from '@secureconnect/protocol'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Webhooks } from './webhooks.ts'

/** Posts of as many calls at once; those of one call go one after the other. */
export const webhooksAtOnce = 8

const webhook = Compile(Type.Union([...callWebhooks]))

/** How webhooks are posted that wait in the outbox. */
export function relayWebhooks(webhooks: Webhooks): Topic {
  return {
    atOnce: webhooksAtOnce,
    // They expire before that.
    attempts: Number.MAX_SAFE_INTEGER,
    isReady: () => webhooks.isReady,
    async deliver({ outbox_id, payload }) {
      if (!webhook.Check(payload)) throw new Undeliverable('This is no webhook of a call.')
      await webhooks.post(outbox_id, payload)
    },
  }
}
