import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTotpCode, findTotpStep, toBase32, toOtpauthUri, toTotpStep } from './totp.ts'

/** Of RFC 6238, appendix B. */
const secret = Buffer.from('12345678901234567890')
const vectors: [number, string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
]

test('codes are those of RFC 6238', () => {
  for (const [seconds, code] of vectors) {
    assert.equal(createTotpCode(secret, toTotpStep(new Date(seconds * 1_000))), code)
  }
})

test('a code counts in its step, the one before and the one after, and in no other', () => {
  const step = 50_000_000
  const code = createTotpCode(secret, step)
  const at = (steps: number) => new Date((step + steps) * 30_000 + 15_000)
  assert.deepEqual(
    [-2, -1, 0, 1, 2].map((steps) => findTotpStep(secret, code, at(steps))),
    [undefined, step, step, step, undefined],
  )
})

test('secrets are written as RFC 4648 and apps have it', () => {
  assert.equal(toBase32(Buffer.from('foobar')), 'MZXW6YTBOI')
  assert.equal(toBase32(secret), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  const uri = new URL(toOtpauthUri(secret, 'a+b@example.org'))
  assert.equal(uri.protocol, 'otpauth:')
  assert.equal(uri.host, 'totp')
  assert.equal(decodeURIComponent(uri.pathname), '/SecureConnect:a+b@example.org')
  assert.deepEqual(Object.fromEntries(uri.searchParams), {
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    issuer: 'SecureConnect',
  })
})
