import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError } from './errors.ts'
import { createExchange } from './exchange.ts'
import type { Rest } from './rest.ts'
import { createMemoryStorage } from './storage.ts'

const tokens = { access_token: 'token', token_type: 'Bearer' as const, expires_in: 900 }

/** Loses its first answers, and notes the keys that it was asked with. */
function createLossyRest(lost: number) {
  const keys: (string | undefined)[] = []
  const refresh: Rest['accounts']['refresh'] = async (_input, options) => {
    keys.push(options?.idempotencyKey)
    if (keys.length <= lost) throw new ConnectionError('the answer got lost')
    return tokens
  }
  return { keys, rest: { accounts: { refresh } as Rest['accounts'] } }
}

test('an exchange whose answer got lost is repeated under its key, also by the next process; another has another key', async () => {
  const storage = createMemoryStorage()
  const { keys, rest } = createLossyRest(2)
  await assert.rejects(createExchange({ storage, rest })('first'), ConnectionError)
  const exchange = createExchange({ storage, rest })
  await assert.rejects(exchange('first'), ConnectionError)
  assert.equal(await exchange('first'), tokens)
  await exchange('second')
  const [one, two, three, four] = keys
  assert.match(one ?? '', /^[\x21-\x7e]{8,64}$/)
  assert.deepEqual([two, three], [one, one])
  assert.notEqual(four, one)
})
