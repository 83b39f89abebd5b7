import assert from 'node:assert/strict'
import { test } from 'node:test'
import specs from '@asyncapi/specs'
import { Ajv } from 'ajv'
import { buildAsyncApi } from './asyncapi.ts'
import { chatRequests } from './chat-frames.ts'
import type { Json, JsonObject } from './openapi-schemas.ts'
import { signalingRequests } from './signaling-frames.ts'

const document = buildAsyncApi({ version: '1.2.3' })

/** The schema that the AsyncAPI project publishes for its documents; it brings the schema of schemas along. */
const published: Readonly<Record<string, unknown>> = { ...specs.schemas['3.0.0'] }
const isAsyncApi = new Ajv({ meta: false, strict: false, validateFormats: false }).compile(published)

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function find(path: readonly string[]): Json | undefined {
  let found: Json | undefined = document
  for (const key of path) found = isObject(found) ? found[key] : undefined
  return found
}

function collect(key: string, from: Json = document): Json[] {
  if (Array.isArray(from)) return from.flatMap((part: Json) => collect(key, part))
  if (!isObject(from)) return []
  return Object.entries(from).flatMap(([name, part]) => (name === key ? [part] : collect(key, part)))
}

test('the document is valid AsyncAPI 3.0', () => {
  assert.ok(isAsyncApi(structuredClone(document)), JSON.stringify(isAsyncApi.errors, undefined, 2))
})

test('a broken document would be noticed', () => {
  const operation = { ...structuredClone(document), operations: { x: { action: 'dance' } } }
  assert.equal(isAsyncApi(operation), false)
})

test('every reference resolves', () => {
  const references = collect('$ref').map(String)
  for (const reference of references) assert.ok(find(reference.slice(2).split('/')), reference)
})

test('every request stands there with its reply, and what has none without', () => {
  const ofChat = Object.entries(chatRequests).map(([type, { reply }]) => ({ name: `chat.receive.${type}`, reply }))
  const ofCalls = Object.entries(signalingRequests).map(([type, { reply }]) => {
    return { name: `signaling.receive.${type}`, reply }
  })
  for (const { name: type, reply } of [...ofChat, ...ofCalls]) {
    const operation = find(['operations', type])
    assert.ok(isObject(operation), type)
    assert.equal('reply' in operation, reply !== undefined, type)
  }
})
