import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { closeCodes } from './close-codes.ts'
import { ErrorBody, Success } from './envelope.ts'
import { errorStatus } from './error-codes.ts'
import { lifetimes, limits } from './limits.ts'
import { rateClasses } from './rate-classes.ts'
import { serviceNames, services } from './services.ts'
import { CommonClientFrame } from './sockets.ts'

const meta = { timestamp: '2026-11-21T07:08:09.123Z', request_id: 'request-1' }

test('error codes are upper case and answer with an error status', () => {
  for (const [code, status] of Object.entries(errorStatus)) {
    assert.match(code, /^[A-Z][A-Z0-9_]+$/)
    assert.ok(status >= 400 && status <= 504, code)
  }
})

test('the envelopes take their own kind of answer only', () => {
  const success = Compile(Success(Type.Object({ a: Type.Integer() })))
  const failure = Compile(ErrorBody)
  assert.ok(success.Check({ success: true, data: { a: 1 }, meta }))
  assert.ok(failure.Check({ success: false, error: { code: 'BLOCKED', message: 'No.' }, meta }))
  assert.ok(!success.Check({ success: false, data: { a: 1 }, meta }))
  assert.ok(!failure.Check({ success: false, error: { code: 'MADE_UP', message: 'No.' }, meta }))
})

test('close codes are distinct, and those of our own lie where applications may choose', () => {
  const codes = Object.values(closeCodes).map(({ code }) => code)
  assert.equal(new Set<number>(codes).size, codes.length)
  for (const code of codes) assert.ok((code >= 1000 && code <= 1013) || (code >= 4000 && code <= 4999), String(code))
})

test('a burst is never more than a minute of its rate, and the network as a whole gets the most', () => {
  for (const [name, { perMinute, burst }] of Object.entries(rateClasses)) {
    assert.ok(burst > 0 && burst <= perMinute, name)
    assert.ok(perMinute <= rateClasses.network.perMinute, name)
  }
})

test('each service has a port of its own', () => {
  const ports = serviceNames.map((name) => services[name].port)
  assert.deepEqual(ports, [8080, 8081, 8082, 8083, 8084])
})

test('limits and lifetimes fit each other', () => {
  assert.ok(limits.usernameCharacters.min < limits.usernameCharacters.max)
  assert.ok(limits.passwordCodePoints.min < limits.passwordCodePoints.max)
  assert.ok(limits.passwordBytes >= limits.passwordCodePoints.max * 4, 'any password of allowed length fits its bytes')
  assert.ok(limits.tokenCharacters < limits.bodyBytes && limits.tokenCharacters < limits.frameBytes)
  assert.ok(lifetimes.refreshReplayMs < lifetimes.accessTokenMs)
  assert.ok(lifetimes.accessTokenMs < lifetimes.sessionIdleMs)
  assert.ok(lifetimes.sessionIdleMs < lifetimes.sessionAbsoluteMs)
  assert.ok(lifetimes.unsentMs < lifetimes.sendMs)
})

test('a client frame of the common kind is taken, anything else is not', () => {
  const frame = Compile(CommonClientFrame)
  for (const good of [{ type: 'pong' }, { type: 'auth', token: 't' }, { type: 'auth.refresh', id: '1', token: 't' }]) {
    assert.ok(frame.Check(good), JSON.stringify(good))
  }
  const bad = [{ type: 'pong', extra: 1 }, { type: 'auth' }, { type: 'auth', token: '' }, { type: 'unknown' }, []]
  for (const value of bad) assert.ok(!frame.Check(value), JSON.stringify(value))
})
