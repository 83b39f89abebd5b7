import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorStatus } from './error-codes.ts'
import * as contract from './index.ts'
import { limits } from './limits.ts'
import type { Operation } from './operation.ts'
import { rateClasses } from './rate-classes.ts'
import { serviceNames } from './services.ts'
import { sockets } from './sockets.ts'
import { allOperations } from './table.ts'

function listPathParams({ path }: Operation): string[] {
  return [...path.matchAll(/:([^/]+)/g)].map(([, name]) => String(name))
}

function assertUnique(values: readonly string[]): void {
  const repeated = values.filter((value, index) => values.indexOf(value) !== index)
  assert.deepEqual(repeated, [])
}

test('every operation that a module declares is in the table', () => {
  const { allOperations: table, ...others } = contract
  const parts: readonly unknown[] = Object.values(others)
  const declared = parts.flatMap((part): unknown[] => (isObject(part) ? Object.values(part) : [])).filter(isOperation)
  assert.deepEqual(declared.map(({ name }) => name).sort(), table.map(({ name }) => name).sort())
})

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isOperation(value: unknown): value is Operation {
  return isObject(value) && 'deadlineMs' in value && 'caller' in value
}

test('names are unique, and so is each method of a path, whatever its parameters are called', () => {
  assertUnique(allOperations.map(({ name }) => name))
  assertUnique(allOperations.map(({ method, path }) => `${method} ${path.replace(/:[^/]+/g, ':')}`))
  assertUnique(Object.values(sockets).flatMap(({ paths }) => paths))
  const restPaths = new Set<string>(allOperations.map(({ path }) => path))
  for (const { paths } of Object.values(sockets)) for (const path of paths) assert.ok(!restPaths.has(path), path)
})

test('names and paths follow one pattern', () => {
  for (const { name, path, summary, service } of allOperations) {
    assert.match(name, /^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
    assert.match(path, /^\/(v1|\.well-known)(\/[a-z0-9._-]+|\/:[a-z_]+)+$/, name)
    assert.match(summary, /^[A-Z].*[^.]$/, name)
    assert.ok(serviceNames.includes(service), name)
    assert.notEqual(service, 'api-gateway', `${name}: the gateway only forwards`)
  }
})

test('the parameters in a path are those of its schema, all required', () => {
  for (const operation of allOperations) {
    const { name, params } = operation
    assert.deepEqual(listPathParams(operation).sort(), Object.keys(params?.properties ?? {}).sort(), name)
    assert.deepEqual([...(params?.required ?? [])].sort(), Object.keys(params?.properties ?? {}).sort(), name)
  }
})

test('what comes from outside has no room for unknown fields, and reading takes no body', () => {
  for (const { name, method, body, query } of allOperations) {
    for (const schema of [body, query]) {
      if (schema) assert.equal(Reflect.get(schema, 'additionalProperties'), false, name)
    }
    if (method === 'GET') assert.equal(body, undefined, name)
  }
})

test('every operation has an answer, known errors and bounds', () => {
  for (const { name, answer, errors, bodyLimit, deadlineMs, rate } of allOperations) {
    assert.ok(Object.values(answer).length > 0, name)
    assertUnique(errors)
    for (const code of errors) assert.ok(errorStatus[code] >= 400, `${name} ${code}`)
    assert.ok(bodyLimit > 0 && bodyLimit <= 1024 * 1024, name)
    assert.ok(deadlineMs > 0 && deadlineMs <= 30_000, name)
    assert.ok(rate === 'unlimited' || rate in rateClasses, name)
  }
})

test('only what must always answer is unlimited, and only to read', () => {
  const unlimited = allOperations.filter(({ rate }) => rate === 'unlimited')
  assert.deepEqual(unlimited.map(({ name }) => name).sort(), ['auth.keys', 'auth.keys.well-known'])
  for (const { method } of unlimited) assert.equal(method, 'GET')
})

test('every act on an account, a session or by an admin leaves an audit record', () => {
  for (const { name, method, caller, service, audit } of allOperations) {
    const isAct = method !== 'GET' && (service === 'auth-service' || caller === 'admin')
    if (isAct) assert.ok(audit, `${name} names no audit resource and action`)
    if (audit) for (const word of [audit.resource, audit.action]) assert.match(word, /^[a-z][a-z_-]*$/, name)
  }
})

test('an operation takes the common limits unless its row says otherwise, and cannot be changed', () => {
  const { getMe } = contract.accounts
  assert.equal(getMe.bodyLimit, limits.bodyBytes)
  assert.equal(getMe.deadlineMs, limits.requestDeadlineMs)
  assert.equal(getMe.rate, 'default')
  assert.deepEqual(getMe.errors, [])
  assert.ok(Object.isFrozen(getMe))
})
