import { createLogger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { version } from '@secureconnect/service'
import { newId } from '@secureconnect/sql'
import { loadWebhookConfig } from '../config.ts'
import { listenForWebhooks } from './listen-for-webhooks.ts'
import { createWebhooks, type WebhookConfig } from './webhook-settings.ts'

export type WebhookCommandOptions = {
  /** What to type before the words of the command. */
  usage: string
  /** Where the two secrets are put. */
  secretsFolder: string
}

function describeUsage({ usage, secretsFolder }: WebhookCommandOptions): string {
  return `Tries webhooks, by which another system of yours is told of calls.

  ${usage} try       post webhook.test to the address in ${secretsFolder}/webhook_url
  ${usage} listen    play the receiver at that address, if it is this machine, and show what comes

The address and the secret that posts are signed with stand in two files:

  (umask 077; echo http://localhost:9000 > ${secretsFolder}/webhook_url)
  (umask 077; openssl rand -base64 48 > ${secretsFolder}/webhook_secret)

video-service reads them when it starts.`
}

async function tryOnce(config: WebhookConfig): Promise<string> {
  const { webhookUrl: url } = config
  const log = createLogger({ service: 'video-service', revision: 'unknown', level: 'silent' })
  const metrics = createMetrics({ service: 'video-service', version, revision: 'unknown' })
  await using webhooks = await createWebhooks({ config, log, metrics })
  if (!webhooks || url === undefined) throw new Error('There is neither an address nor a secret yet: see --help.')
  const startedAt = performance.now()
  const timestamp = new Date().toISOString()
  try {
    await webhooks.post(newId(), { type: 'webhook.test', timestamp, sequence: 1, data: {} })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`webhook.test was not taken by ${new URL(url).host}: ${reason}`)
  }
  return `webhook.test was taken by ${new URL(url).host} after ${Math.round(performance.now() - startedAt)} ms.`
}

async function carryOut(words: readonly string[], options: WebhookCommandOptions): Promise<string> {
  const [verb = '', ...rest] = words
  if (['help', '--help', '-h'].includes(verb)) return describeUsage(options)
  if (rest.length > 0 || (verb !== 'try' && verb !== 'listen')) {
    const fault = verb === '' ? 'What is to be done?' : `There is no command ${words.join(' ')}.`
    throw new Error(`${fault}\n\n${describeUsage(options)}`)
  }
  const config = loadWebhookConfig(options.secretsFolder)
  return verb === 'try' ? await tryOnce(config) : await listenForWebhooks(config)
}

/** Carries out the `webhook` command and says what came of it; returns the exit code: 0 when it is done, else 1. */
export async function runWebhookCommand(words: readonly string[], options: WebhookCommandOptions): Promise<number> {
  try {
    process.stdout.write(`${await carryOut(words, options)}\n`)
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}
