import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { ConfigError } from '@secureconnect/config'
import { createLogger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { parseWebhookKeys } from './signature.ts'
import { createWebhooks, type WebhookConfig } from './webhook-settings.ts'

const secret = randomBytes(32).toString('base64')

function create(config: Partial<WebhookConfig>) {
  const metrics = createMetrics({ service: 'video-service', version: '1.2.3', revision: 'test' })
  const log = createLogger({ service: 'video-service', revision: 'test', level: 'silent' })
  return createWebhooks({
    config: { webhookUrl: undefined, webhookSecret: undefined, env: 'test', ...config },
    metrics,
    log,
  })
}

test('there are no webhooks unless an address and a secret are given, and one without the other is a fault', async () => {
  const webhookUrl = 'http://example.org/calls'
  const webhookSecret = parseWebhookKeys(secret)
  assert.equal(await create({}), undefined)
  assert.ok(await create({ webhookUrl, webhookSecret }))
  const refuses = (config: Partial<WebhookConfig>, fault: RegExp) =>
    assert.rejects(create(config), (error) => error instanceof ConfigError && fault.test(error.message))
  await refuses({ webhookUrl }, /WEBHOOK_SECRET is missing/)
  await refuses({ webhookSecret }, /WEBHOOK_URL is missing/)
  await refuses({ webhookUrl, webhookSecret, env: 'production' }, /must start with https:/)
})

test('a secret is base64 of enough bytes, with or without its prefix, and two of them while one is replaced', () => {
  const [key] = parseWebhookKeys(secret)
  assert.deepEqual(parseWebhookKeys(`whsec_${secret}`), [key])
  assert.deepEqual(parseWebhookKeys(`whsec_${secret}\n${secret}`), [key, key])
  for (const wrong of [secret.slice(0, 20), 'é'.repeat(40), randomBytes(65).toString('base64'), `${secret} no`]) {
    assert.throws(() => parseWebhookKeys(wrong), /must hold 24 to 64 bytes in base64/)
  }
})
