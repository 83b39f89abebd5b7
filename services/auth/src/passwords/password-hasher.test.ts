import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import { createMetrics } from '@secureconnect/metrics'
import { argon2Floor, createPasswordHasher, hashesAtOnce } from './password-hasher.ts'

const password = 'seven quiet harbours'

const options = {
  ...argon2Floor,
  pepper: 'a pepper',
  metrics: createMetrics({ service: 'auth-service', version: '0', revision: 'test' }),
}

test('a password is known again however it was typed, and no other is', async () => {
  const hasher = await createPasswordHasher(options)
  const stored = await hasher.hash('Ünder quiet ﬁelds')
  assert.match(stored.passwordHash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.equal(await hasher.verify('Ünder quiet fields'.normalize('NFD'), stored), true)
  assert.equal(await hasher.verify('under quiet fields', stored), false)
  assert.equal(await hasher.verify('Ünder quiet ﬁelds', undefined), false)
  const other = await createPasswordHasher({ ...options, pepper: 'another pepper' })
  assert.equal(await other.verify('Ünder quiet fields', stored), false)
})

test('a hash made with weaker parameters or another pepper is outdated', async () => {
  const hasher = await createPasswordHasher(options)
  const stored = await hasher.hash(password)
  assert.equal(hasher.isOutdated(stored), false)
  assert.equal((await createPasswordHasher({ ...options, passes: 3 })).isOutdated(stored), true)
  assert.equal((await createPasswordHasher({ ...options, pepper: 'another pepper' })).isOutdated(stored), true)
})

test('at most two hashes are under way at once, sixteen wait, and all others are refused at once', async (t) => {
  const { mock: inUse } = t.mock.method(options.metrics.bulkheadInUse, 'set')
  const hasher = await createPasswordHasher(options)
  const startedAt = Date.now()
  const tries = Array.from({ length: 30 }, () => hasher.verify(password, undefined))
  const outcomes = await Promise.allSettled(
    tries.map((verified) =>
      verified.catch((error: unknown) => {
        assert.ok(error instanceof AppError && error.code === 'CAPACITY')
        assert.ok(Date.now() - startedAt < 1_200)
        throw error
      }),
    ),
  )
  assert.ok(outcomes.slice(18).every(({ status }) => status === 'rejected'))
  assert.ok(outcomes.slice(0, 2).every(({ status }) => status === 'fulfilled'))
  assert.equal(Math.max(...inUse.calls.map(({ arguments: values }) => Number(values.at(-1)))), hashesAtOnce)
})

test('as many requests as can wait for their hash have a place, which is free again when they are through', async () => {
  const hasher = await createPasswordHasher(options)
  using places = new DisposableStack()
  for (let n = 0; n < hashesAtOnce + 16; n++) places.use(hasher.takePlace())
  assert.throws(
    () => hasher.takePlace(),
    (error) =>
      error instanceof AppError &&
      error.code === 'CAPACITY' &&
      Number(error.retryAfterMs) >= 1_000 &&
      Number(error.retryAfterMs) <= 2_000,
  )
  places.dispose()
  using _place = hasher.takePlace()
})
