import type { JsonObject, SchemaWriter } from './openapi-schemas.ts'
import { callWebhooks, TestWebhook } from './webhooks.ts'

const webhookHeaders = {
  'webhook-id': 'The same at each attempt: one that came before need not be taken again',
  'webhook-timestamp': 'When this attempt was made, in seconds since 1970',
  'webhook-signature': 'v1, and HMAC-SHA256 of id.timestamp.body in base64; several of them while a secret is replaced',
} as const

/** What is posted to the system that the operator has named, signed as standardwebhooks.com has it. */
export function describeWebhooks(writer: SchemaWriter): JsonObject {
  const parameters = Object.entries(webhookHeaders).map(([name, description]) => ({
    name,
    in: 'header',
    required: true,
    description,
    schema: { type: 'string' },
  }))
  const described = [...callWebhooks, TestWebhook].map((webhook) => {
    const post = {
      tags: ['video-service'],
      security: [],
      parameters,
      requestBody: { required: true, content: { 'application/json': { schema: writer.write(webhook) } } },
      responses: { 204: { description: 'Taken; anything from 200 to 299 says so. Whatever else is tried again' } },
    }
    return [webhook.properties.type.const, { post }] as const
  })
  return Object.fromEntries(described)
}
