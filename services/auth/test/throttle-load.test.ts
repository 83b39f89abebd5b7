import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@secureconnect/errors'
import { column } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { faultProxy, redisServer } from '@secureconnect/test/stack'
import { Type } from 'typebox'
import { countVerifications, guess, repeat } from './guesses.ts'
import { newPerson, onPostgres, registerPerson, startAuth, startAuthOn } from './test-auth.ts'
import { createSharedPlatform, startTwo } from './two-processes.ts'

const Failures = Type.Object({ failures: column.integer })

test('of 50 right logins at once none counts as a failure, and each is in at once or when told to come back', async (t) => {
  const auth = await startAuth(t, 'postgres')
  const { person } = await registerPerson(auth)
  const login = () => guess(auth, person.email, { password: person.password })
  /** How often somebody was told to come back before he was in: once, where the machine has nothing else to do. */
  const comeUntilIn = async () => {
    for (let refusals = 0; ; refusals++) {
      const { status, code, headers } = await login()
      if (status === 200) return refusals
      assert.ok(refusals < 5 && (code === 'ACCOUNT_LOCKED' || code === 'CAPACITY'), `${refusals} times, then ${code}`)
      const seconds = Number(headers.get('retry-after'))
      assert.ok(seconds >= 1 && seconds <= 2)
      await sleep(seconds * 1_000)
    }
  }
  const refusals = await Promise.all(Array.from({ length: 50 }, comeUntilIn))
  t.diagnostic(`50 came, and were told to come back ${refusals.join(' ')} times`)
  const { failures } = await auth.context.sql.one(Failures)`
    select (select count(*) from login_attempts) + coalesce(sum(failures), 0) as failures from login_counters`
  assert.equal(failures, 0)
})

test('two processes have one budget', async (t) => {
  const [first, second] = await startTwo(t, { redis: undefined })
  const { person } = await registerPerson(first)
  const startedAt = Date.now()
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => guess(index % 2 === 0 ? first : second, person.email)),
  )
  const judged = answers.filter(({ status }) => status === 401).length
  // After a second the first lock ends, and after two more the next.
  const ended = Math.floor(Math.log2((Date.now() - startedAt) / 1_000 + 1))
  assert.ok(judged >= 5 && judged <= 5 + ended, `${judged} were judged`)
})

test('more logins than can be hashed get 503 and when to come back, and count for nothing', async (t) => {
  const auth = await startAuth(t, 'postgres')
  const answers = await Promise.all(
    Array.from({ length: 80 }, async (_, index) => {
      const startedAt = Date.now()
      const answer = await guess(auth, newPerson().email, { from: `198.51.100.${index}` })
      return { ...answer, tookMs: Date.now() - startedAt }
    }),
  )
  const refused = answers.filter(({ status }) => status === 503)
  t.diagnostic(`${refused.length} of 80 were refused`)
  assert.ok(refused.length > 0)
  // Which of the two is full first, hashing or the database, is a matter of the machine.
  for (const { code, headers } of refused) {
    assert.ok(code === 'CAPACITY' || code === 'SERVICE_UNAVAILABLE')
    assert.ok(Number(headers.get('retry-after')) >= 1)
  }
  const { failures } = await auth.context.sql.one(Failures)`
    select coalesce(sum(failures), 0) as failures from login_counters`
  assert.equal(failures, answers.filter(({ status }) => status === 401).length)
  t.diagnostic(`the slowest refusal took ${Math.max(...refused.map(({ tookMs }) => tookMs))} ms`)
})

test('an account that does not exist answers and works like one that does', async (t) => {
  const auth = await startAuth(t, 'postgres')
  const { person } = await registerPerson(auth)
  const verifications = countVerifications(t, auth)
  const tell = async (name: string, from: string) => {
    const before = verifications.callCount()
    const answers = await repeat(7, () => guess(auth, name, { from }))
    return {
      judged: verifications.callCount() - before,
      answers: answers.map(({ status, headers, error }) => ({
        status,
        retryAfter: headers.get('retry-after'),
        error: { ...error, retry_after_ms: 0 },
      })),
    }
  }
  const known = await tell(person.email, '192.0.2.3')
  assert.deepEqual(await tell(newPerson().email, '192.0.2.4'), known)
  assert.equal(known.judged, 5)
})

test('what could not be judged counts for nothing, and holds nothing', async (t) => {
  const auth = await startAuth(t, 'postgres')
  const { person } = await registerPerson(auth)
  const verify = t.mock.method(auth.context.passwords, 'verify', async () => {
    throw new AppError('CAPACITY', 'No room.')
  })
  const answers = await repeat(6, () => guess(auth, person.email))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [503])
  verify.mock.restore()
  assert.equal((await guess(auth, person.email, { password: person.password })).status, 200)
})

test('what was under way in a process that died holds the budget for seconds and not for good', async (t) => {
  const auth = await startAuth(t, 'postgres')
  const { person } = await registerPerson(auth)
  const { promise: never, resolve } = Promise.withResolvers<boolean>()
  const verify = t.mock.method(auth.context.passwords, 'verify', () => never)
  const from = '192.0.2.5'
  const right = () => guess(auth, person.email, { from, password: person.password })
  const lost = Array.from({ length: 5 }, () => guess(auth, person.email, { from }))
  const startedAt = Date.now()
  while (verify.mock.callCount() < 5) await new Promise((done) => setImmediate(done))
  const held = await right()
  assert.equal(held.code, 'ACCOUNT_LOCKED')
  assert.ok(held.error.retry_after_ms <= 2_000)
  assert.ok(Date.now() - startedAt >= 1_000, 'it waits a second for the others')
  verify.mock.restore()
  await auth.context.sql.execute`update login_attempts set started_at = started_at - interval '11 seconds'`
  assert.equal((await right()).status, 200)
  resolve(false)
  assert.ok((await Promise.all(lost)).every(({ status }) => status === 401))
  assert.equal((await right()).code, 'ACCOUNT_LOCKED', 'a judgement that comes late counts all the same')
})

test('with the database away a login is told to come back, and never that its password is wrong', async (t) => {
  const database = await createMigratedDatabase(t)
  const proxy = await faultProxy(t, database)
  const auth = await startAuthOn(t, onPostgres({ ...database, host: proxy.host, port: proxy.port }))
  const { person } = await registerPerson(auth)
  const { password } = person
  proxy.refuse()
  for (const name of [person.email, newPerson().email]) {
    for (const more of [{ password }, {}]) {
      const { status, code, headers } = await guess(auth, name, more)
      assert.deepEqual([status, code], [503, 'SERVICE_UNAVAILABLE'])
      assert.ok(Number(headers.get('retry-after')) <= 5)
    }
  }
  await proxy.heal()
  for (;;) {
    const { status } = await guess(auth, person.email, { password })
    if (status === 200) break
    assert.equal(status, 503)
    await sleep(100)
  }
})

test('with Redis frozen or dead people sign in, and guesses are counted', async (t) => {
  const redis = await redisServer()
  const proxy = await faultProxy(t, redis)
  const openPlatform = await createSharedPlatform(t, { redis: { ...redis, host: proxy.host, port: proxy.port } })
  const auth = await startAuthOn(t, openPlatform())
  const { person } = await registerPerson(auth)
  const login = () => guess(auth, person.email, { password: person.password })
  proxy.freeze()
  assert.equal((await login()).status, 200)
  await repeat(4, () => guess(auth, person.email))
  proxy.refuse()
  assert.equal((await guess(auth, person.email)).status, 401)
  assert.equal((await login()).code, 'ACCOUNT_LOCKED')
})
