import { ConfigError, type ConfigOf, type SecretSetting, secretDocument, url } from '@secureconnect/config'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { parseWebhookKeys } from './signature.ts'
import type { Webhooks } from './webhooks.ts'

const anyUrl = url(['http:', 'https:'])
const webhookUrl: SecretSetting<string | undefined> = {
  kind: 'secret',
  minBytes: 1,
  isOptional: true,
  parse: (text) => anyUrl.parse(text, { isProduction: false }),
}
const webhookSecret: SecretSetting<Buffer[] | undefined> = { ...secretDocument(parseWebhookKeys), isOptional: true }

/** Where another system of the operator's is told of calls. */
export const webhookSettings = { webhookUrl, webhookSecret }

export type WebhookConfig = ConfigOf<typeof webhookSettings> & { env: string }

type Options = { config: WebhookConfig; metrics: Metrics; log: Logger }

/** What posts webhooks, where the settings ask for any. */
export async function createWebhooks({ config, metrics, log }: Options): Promise<Webhooks | undefined> {
  const { webhookUrl, webhookSecret, env } = config
  if (webhookUrl === undefined && webhookSecret === undefined) return undefined
  if (webhookUrl === undefined) throw new ConfigError(['WEBHOOK_URL is missing, where WEBHOOK_SECRET is given'])
  if (webhookSecret === undefined) throw new ConfigError(['WEBHOOK_SECRET is missing, where WEBHOOK_URL is given'])
  if (env === 'production' && !webhookUrl.startsWith('https://')) {
    throw new ConfigError(['WEBHOOK_URL must start with https://: it tells who talks with whom'])
  }
  // What posts is loaded only where it is used: it takes 4 MB.
  const { connectWebhooks } = await import('./webhooks.ts')
  return connectWebhooks({ url: webhookUrl, keys: webhookSecret, metrics, log })
}
