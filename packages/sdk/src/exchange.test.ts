import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError, ConnectionError } from './errors.ts'
import { attemptKey, createExchange } from './exchange.ts'
import type { Rest } from './rest.ts'
import { createMemoryStorage } from './storage.ts'

const lost = new ConnectionError('the answer got lost')
const tokens = { access_token: 'token', token_type: 'Bearer' as const, expires_in: 900 }

/** Fails so at first, once for each of these, and notes the keys that it was asked with. */
function createFailingRest(failures: readonly Error[]) {
  const keys: (string | undefined)[] = []
  const refresh: Rest['accounts']['refresh'] = async (_input, options) => {
    const failure = failures[keys.length]
    keys.push(options?.idempotencyKey)
    if (failure) throw failure
    return tokens
  }
  return { keys, rest: { accounts: { refresh } as Rest['accounts'] } }
}

test('an exchange whose answer got lost is repeated under its key, also by the next process; another has another key', async () => {
  const storage = createMemoryStorage()
  const { keys, rest } = createFailingRest([lost, lost])
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

test('the key of an exchange that was refused is forgotten, for nothing will come of it', async () => {
  const storage = createMemoryStorage()
  const busy = new ApiError({ code: 'RATE_LIMITED', message: 'Too many.' })
  const refused = new ApiError({ code: 'TOKEN_REVOKED', message: 'This session has ended.' })
  const exchange = createExchange({ storage, ...createFailingRest([busy, refused]) })
  await assert.rejects(exchange('first'), busy)
  assert.equal((await storage.list(attemptKey)).size, 1)
  await assert.rejects(exchange('first'), refused)
  assert.equal((await storage.list(attemptKey)).size, 0)
})
