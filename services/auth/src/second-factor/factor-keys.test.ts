import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createFactorKeys } from './factor-keys.ts'
import { generateRecoveryCodes } from './recovery-codes.ts'

const keys = createFactorKeys('one key')

test('a sealed secret opens for its owner under its key, unchanged, and not otherwise', () => {
  const secret = randomBytes(20)
  const sealed = keys.seal(secret, 'ada')
  assert.deepEqual(keys.open(sealed, 'ada'), secret)
  assert.ok(!sealed.includes(secret))
  assert.notDeepEqual(keys.seal(secret, 'ada'), sealed)
  assert.throws(() => keys.open(sealed, 'bob'))
  assert.throws(() => createFactorKeys('another key').open(sealed, 'ada'))
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.throws(() => keys.open(changed, 'ada'), `byte ${at}`)
  }
})

test('ten recovery codes differ, and are known however they are typed, by their owner alone', () => {
  const codes = generateRecoveryCodes()
  assert.equal(new Set(codes).size, 10)
  for (const code of codes) {
    assert.match(code, /^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/)
    const hash = keys.hashRecoveryCode(code, 'ada')
    assert.deepEqual(keys.hashRecoveryCode(code.toUpperCase().replace('-', ''), 'ada'), hash)
    assert.notDeepEqual(keys.hashRecoveryCode(code, 'bob'), hash)
  }
})
