import type { TSchema } from 'typebox'
import { ErrorBody, Success } from './envelope.ts'
import { type ErrorCode, errorStatus } from './error-codes.ts'
import { Health, Readiness, Version } from './health.ts'
import { createSchemaWriter, type Json, type JsonObject, type SchemaWriter } from './openapi-schemas.ts'
import { describeWebhooks } from './openapi-webhooks.ts'
import type { Operation } from './operation.ts'
import { serviceNames, services } from './services.ts'
import { allOperations } from './table.ts'

const answerTitles: Readonly<Record<string, string>> = {
  200: 'Done',
  201: 'Made',
  202: 'Accepted: it is done later',
}

const headerTexts = {
  'X-Request-ID': 'Names this request in every log; a valid one that was sent is kept',
  'X-RateLimit-Limit': 'Requests a minute',
  'X-RateLimit-Remaining': 'Requests left for now',
  'X-RateLimit-Reset': 'When all are left again, in seconds since 1970',
  RateLimit: 'The same, as a structured field',
  'RateLimit-Policy': 'The limit, as a structured field',
  'Retry-After': 'Seconds to wait before the next attempt',
} as const

type HeaderName = keyof typeof headerTexts

const rateLimitHeaders: readonly HeaderName[] = [
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit',
  'RateLimit-Policy',
]

/** Writes the REST contract as an OpenAPI 3.1 document. */
export function buildOpenApi({ version }: { version: string }): JsonObject {
  const writer = createSchemaWriter()
  const paths = { ...describeOperations(writer), ...describeServiceEndpoints(writer) }
  const webhooks = describeWebhooks(writer)
  return {
    openapi: '3.1.0',
    info: { title: 'SecureConnect', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: `http://localhost:${services['api-gateway'].port}`, description: 'The gateway' }],
    tags: [...serviceNames, 'every service'].map((name) => ({ name })),
    paths,
    webhooks,
    components: {
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      headers: Object.fromEntries(
        Object.entries(headerTexts).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
      ),
      schemas: writer.components,
    },
  }
}

function describeOperations(writer: SchemaWriter): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const operation of allOperations) {
    const path = operation.path.replace(/:([a-z_]+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describeOperation(operation, writer) }
  }
  return paths
}

function describeOperation(operation: Operation, writer: SchemaWriter): JsonObject {
  const { name, summary, service, caller, rate, deadlineMs, params, query, body } = operation
  const parameters = [...describeParameters('path', params, writer), ...describeParameters('query', query, writer)]
  return {
    operationId: name,
    summary,
    tags: [service],
    security: caller === 'public' ? [] : [{ accessToken: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: toContent(writer.write(body)) } }),
    responses: { ...describeAnswers(operation, writer), ...describeErrors(operation, writer) },
    'x-caller': caller,
    'x-rate-class': rate,
    'x-deadline-ms': deadlineMs,
  }
}

function describeParameters(place: 'path' | 'query', schema: Operation['params'], writer: SchemaWriter): JsonObject[] {
  const required = new Set(schema?.required)
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: required.has(name),
    schema: writer.write(property),
  }))
}

function describeAnswers({ answer, bare, rate }: Operation, writer: SchemaWriter): JsonObject {
  const answers = Object.entries(answer).filter((entry): entry is [string, TSchema] => entry[1] !== undefined)
  return Object.fromEntries(
    answers.map(([status, data]) => {
      const description = answerTitles[status] ?? 'Done'
      const content = toContent(writer.write(bare ? data : Success(data)))
      return [status, { description, headers: referHeaders(rate), content }]
    }),
  )
}

function describeErrors(operation: Operation, writer: SchemaWriter): JsonObject {
  const byStatus = Map.groupBy(listErrorCodes(operation), (code) => errorStatus[code])
  const errorBody = writer.write(ErrorBody)
  const entries = [...byStatus].map(([status, codes]) => {
    const isTemporary = status === 429 || status === 503
    const narrowed = { properties: { error: { properties: { code: { enum: codes } } } } }
    const answer = {
      description: codes.join(', '),
      headers: referHeaders(operation.rate, isTemporary ? ['Retry-After'] : []),
      content: toContent({ allOf: [errorBody, narrowed] }),
    }
    return [String(status), answer] as const
  })
  return Object.fromEntries(entries)
}

/** What an operation may answer besides its data: its own codes and those that come with the kind of operation. */
export function listErrorCodes(operation: Operation): readonly ErrorCode[] {
  const { body, caller, rate, errors } = operation
  const usual: readonly ErrorCode[] = [
    'VALIDATION_ERROR',
    ...(caller === 'public' ? [] : (['UNAUTHORIZED', 'TOKEN_EXPIRED', 'TOKEN_REVOKED'] as const)),
    ...(caller === 'admin' ? (['FORBIDDEN'] as const) : []),
    ...(body ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    ...(rate === 'unlimited' ? [] : (['RATE_LIMITED'] as const)),
    'INTERNAL_ERROR',
    'UPSTREAM_ERROR',
    'SERVICE_UNAVAILABLE',
    'CAPACITY',
    'REQUEST_TIMEOUT',
  ]
  return [...new Set([...errors, ...usual])].sort((a, b) => errorStatus[a] - errorStatus[b])
}

function referHeaders(rate: Operation['rate'], more: readonly HeaderName[] = []): JsonObject {
  const names: readonly HeaderName[] = ['X-Request-ID', ...(rate === 'unlimited' ? [] : rateLimitHeaders), ...more]
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

function toContent(schema: Json, type = 'application/json'): JsonObject {
  return { [type]: { schema } }
}

/** What each service answers on its own port, beside the gateway's table. */
function describeServiceEndpoints(writer: SchemaWriter): JsonObject {
  const servers = serviceNames.map((name) => ({
    url: `http://localhost:${services[name].port}`,
    description: name,
  }))
  const endpoint = (summary: string, answers: Readonly<Record<string, JsonObject>>): JsonObject => {
    const responses = Object.entries(answers).map(([status, content]) => [
      status,
      { description: answerTitles[status] ?? 'Not ready, with the reasons', content },
    ])
    const operation = { summary, tags: ['every service'], security: [], responses: Object.fromEntries(responses) }
    return { servers, get: operation }
  }
  const readiness = toContent(writer.write(Readiness))
  return {
    '/health': endpoint('Whether the process can answer, and how its dependencies are', {
      200: toContent(writer.write(Health)),
    }),
    '/ready': endpoint('Whether the service can do its work', { 200: readiness, 503: readiness }),
    '/version': endpoint('What is running', { 200: toContent(writer.write(Version)) }),
    '/metrics': endpoint('Metrics for Prometheus', { 200: toContent({ type: 'string' }, 'text/plain') }),
  }
}
