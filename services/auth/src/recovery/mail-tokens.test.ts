import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { newId } from '@secureconnect/sql'
import { createMailTokens, readMailToken } from './mail-tokens.ts'

const tokens = createMailTokens('one key')
const row = { token_id: newId(), purpose: 'password-reset', salt: randomBytes(16) } as const

/** Whether a token counts for a row under a key; text that is no token at all counts for none. */
function counts(text: string, expected: Parameters<typeof tokens.create>[0] = row, by = tokens): boolean {
  const presented = readMailToken(text)
  return presented !== undefined && presented.tokenId === expected.token_id && by.isGenuine(presented, expected)
}

test('a token is the same each time, fits into a link, and counts for its row alone', () => {
  const token = tokens.create(row)
  assert.equal(tokens.create(row), token)
  assert.match(token, /^[\w-]{64}$/)
  assert.ok(counts(token))
  assert.ok(!counts(token, { ...row, purpose: 'verification' }))
  assert.ok(!counts(token, { ...row, salt: randomBytes(16) }))
  assert.ok(!counts(token, { ...row, token_id: newId() }))
  assert.ok(!counts(token, row, createMailTokens('another key')))
})

test('no changed, shortened or lengthened token counts', () => {
  const token = tokens.create(row)
  const others = [
    ...Array.from(
      token,
      (character, at) => `${token.slice(0, at)}${character === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`,
    ),
    ...Array.from(token, (_, at) => token.slice(0, at)),
    `${token}A`,
    `${token}=`,
    ` ${token}`,
    token.slice(0, 21) + token,
  ]
  for (const other of others) assert.ok(!counts(other), other)
})

test('an address is counted whatever its case, for each purpose by itself, and cannot be told from its counter', () => {
  const hash = tokens.hashAddress('verification', 'Ada@Example.org')
  assert.equal(tokens.hashAddress('verification', 'ada@example.org'), hash)
  assert.notEqual(tokens.hashAddress('password-reset', 'ada@example.org'), hash)
  assert.notEqual(createMailTokens('another key').hashAddress('verification', 'ada@example.org'), hash)
})
