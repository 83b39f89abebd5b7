import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { errorStatus } from './error-codes.ts'
import { buildOpenApi } from './openapi.ts'
import type { Json, JsonObject } from './openapi-schemas.ts'
import { allOperations } from './table.ts'

const document = buildOpenApi({ version: '1.2.3' })

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function find(path: readonly string[], from: Json = document): Json | undefined {
  const [key, ...rest] = path
  if (key === undefined) return from
  const next = isObject(from) ? from[key] : undefined
  return next === undefined ? undefined : find(rest, next)
}

function collect(key: string, from: Json = document): Json[] {
  if (Array.isArray(from)) return from.flatMap((part: Json) => collect(key, part))
  if (!isObject(from)) return []
  return Object.entries(from).flatMap(([name, part]) => (name === key ? [part] : collect(key, part)))
}

test('the document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  assert.ok(valid, JSON.stringify(errors, undefined, 2))
})

test('a broken document would be noticed', async () => {
  const broken = { ...structuredClone(document), paths: { '/x': { get: { responses: 7 } } } }
  assert.equal((await new Validator().validate(broken)).valid, false)
})

test('every reference resolves, and every named schema is referred to', () => {
  const references = collect('$ref').map(String)
  for (const reference of references) assert.ok(find(reference.slice(2).split('/')), reference)
  const schemas = find(['components', 'schemas'])
  const named = Object.keys(isObject(schemas) ? schemas : {})
  assert.ok(named.includes('User') && named.includes('ErrorBody'))
  for (const name of named) assert.ok(references.includes(`#/components/schemas/${name}`), name)
})

test('every operation stands there once, under its name, with its caller, limits and answers', () => {
  assert.deepEqual(collect('operationId').sort(), allOperations.map(({ name }) => name).sort())
  for (const operation of allOperations) {
    const path = operation.path.replace(/:([a-z_]+)/g, '{$1}')
    const described = find(['paths', path, operation.method.toLowerCase()])
    assert.ok(isObject(described), operation.name)
    assert.deepEqual(described.security, operation.caller === 'public' ? [] : [{ accessToken: [] }])
    assert.equal(described['x-rate-class'], operation.rate)
    assert.equal(described['x-deadline-ms'], operation.deadlineMs)
    for (const status of Object.keys(operation.answer)) assert.ok(find(['responses', status], described))
    for (const code of operation.errors) {
      const answer = find(['responses', String(errorStatus[code]), 'description'], described)
      assert.match(String(answer), new RegExp(`\\b${code}\\b`))
    }
  }
})

test('what may be refused says how: a protected operation without a token, a public one never', () => {
  assert.ok(find(['paths', '/v1/users/me', 'get', 'responses', '401']))
  assert.equal(find(['paths', '/v1/auth/jwks.json', 'get', 'responses', '401']), undefined)
  assert.equal(find(['paths', '/v1/auth/jwks.json', 'get', 'responses', '429']), undefined)
  assert.ok(find(['paths', '/v1/auth/login', 'post', 'responses', '429', 'headers', 'Retry-After']))
})

test('answers are wrapped in the envelope unless they are bare', () => {
  const schemaOf = (path: string, method: string) =>
    find(['paths', path, method, 'responses', '200', 'content', 'application/json', 'schema'])
  assert.deepEqual(find(['properties', 'data'], schemaOf('/v1/users/me', 'get')), { $ref: '#/components/schemas/User' })
  assert.deepEqual(schemaOf('/v1/auth/jwks.json', 'get'), { $ref: '#/components/schemas/KeySet' })
})

test('health endpoints are described for every service', () => {
  for (const path of ['/health', '/ready', '/version', '/metrics']) {
    assert.equal(collect('url', find(['paths', path]) ?? null).length, 5, path)
  }
})

test('webhooks stand there with the headers by which they are known', () => {
  const left = find(['webhooks', 'call.participant_left', 'post'])
  assert.ok(isObject(left))
  assert.deepEqual(collect('name', left), ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
  assert.ok(collect('$ref', left).includes('#/components/schemas/CallStay'), 'who left, and why')
})
