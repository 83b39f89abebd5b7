import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toUpstreamError } from './errors.ts'

test('only who could not be connected to has done nothing for sure: a line may be cut off after it was used', () => {
  for (const [code, syscall, told] of [
    ['ECONNREFUSED', 'connect', 'SERVICE_UNAVAILABLE'],
    ['EHOSTUNREACH', 'connect', 'SERVICE_UNAVAILABLE'],
    ['ENOTFOUND', 'getaddrinfo', 'SERVICE_UNAVAILABLE'],
    ['UND_ERR_CONNECT_TIMEOUT', undefined, 'SERVICE_UNAVAILABLE'],
    ['EHOSTUNREACH', 'read', 'UPSTREAM_ERROR'],
    ['ETIMEDOUT', 'read', 'UPSTREAM_ERROR'],
    ['ENETUNREACH', 'write', 'UPSTREAM_ERROR'],
    ['ECONNRESET', 'connect', 'SERVICE_UNAVAILABLE'],
    ['ECONNRESET', 'read', 'UPSTREAM_ERROR'],
    ['ECONNRESET', undefined, 'UPSTREAM_ERROR'],
  ] as const) {
    const error = Object.assign(new Error('cut'), { code }, syscall && { syscall })
    assert.equal(toUpstreamError(error).code, told, `${code} at ${syscall}`)
  }
})
