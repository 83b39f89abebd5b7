import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { column } from '@secureconnect/sql'
import { suiteScope } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { removeOldAttempts } from '../src/stores/login-attempts.ts'
import { countVerifications, endLocks, guess, repeat } from './guesses.ts'
import { type Auth, engines, newPerson, registerPerson, startAuth } from './test-auth.ts'

const Count = Type.Object({ rows: column.integer })

/** How many guesses the rules allow: five, and one more after each wait, which doubles from a second. */
function budgetAfter(elapsedMs: number): number {
  let budget = 5
  for (let waitedMs = 1_000; waitedMs <= elapsedMs; waitedMs = 2 * waitedMs + 1_000) budget += 1
  return budget
}

for (const engine of engines) {
  describe(`the login throttle on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
    })

    test('five failures are free, then each one locks for twice as long, up to a quarter of an hour', async () => {
      const { person } = await registerPerson(auth)
      const from = '192.0.2.1'
      const wrong = () => guess(auth, person.email, { from })
      const right = () => guess(auth, person.email, { from, password: person.password })
      const answers = await repeat(5, wrong)
      assert.deepEqual([...new Set(answers.map(({ code }) => code))], ['INVALID_CREDENTIALS'])
      const waits = await repeat(12, async () => {
        const locked = await right()
        assert.deepEqual([locked.status, locked.code], [429, 'ACCOUNT_LOCKED'])
        await endLocks(auth)
        assert.equal((await wrong()).code, 'INVALID_CREDENTIALS')
        return Number(locked.headers.get('retry-after'))
      })
      assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
      await endLocks(auth)
      assert.equal((await right()).status, 200, 'a lock ends')
      const afterwards = await repeat(5, wrong)
      assert.ok(
        afterwards.every(({ status }) => status === 401),
        'a success begins anew',
      )
    })

    test('100 wrong guesses at once get no more verifications than the budget', async (t) => {
      const { person } = await registerPerson(auth)
      const verifications = countVerifications(t, auth)
      const startedAt = Date.now()
      const names = [person.email, person.username, person.email.toUpperCase()]
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => guess(auth, names[index % 3] ?? '', { from: '192.0.2.2' })),
      )
      const budget = budgetAfter(Date.now() - startedAt)
      const statuses = answers.map(({ status }) => status)
      const judged = statuses.filter((status) => status === 401).length
      assert.equal(verifications.callCount(), judged)
      assert.ok(judged >= 5 && judged <= budget, `${judged} were judged where ${budget} may be`)
      // Whoever finds no place for his hash is not judged either.
      assert.ok(statuses.every((status) => [401, 429, 503].includes(status)))
    })

    test('a network gets 30 failures a minute over all accounts; the addresses of one /64 are one network', async (t) => {
      const { person } = await registerPerson(auth)
      const wrong = (index: number) =>
        guess(auth, newPerson().username, { from: `2001:db8:0:7::${index.toString(16)}` })
      await repeat(25, wrong)
      const { promise: verdict, resolve: judge } = Promise.withResolvers<boolean>()
      const verify = t.mock.method(auth.context.passwords, 'verify', () => verdict)
      const atOnce = Array.from({ length: 12 }, (_, index) => wrong(index))
      await Promise.race(atOnce)
      judge(false)
      const statuses = (await Promise.all(atOnce)).map(({ status }) => status)
      assert.equal(verify.mock.callCount(), 5)
      assert.equal(statuses.filter((status) => status === 429).length, 7, statuses.join())
      verify.mock.restore()
      const right = (from: string) => guess(auth, person.email, { from, password: person.password })
      const refused = await right('2001:db8:0:7:ffff::1')
      assert.deepEqual([refused.status, refused.code], [429, 'RATE_LIMITED'])
      assert.ok(Number(refused.headers.get('retry-after')) <= 60)
      assert.equal((await right('2001:db8:0:8::1')).status, 200)
      await auth.context.sql.execute`update login_attempts set started_at = started_at - interval '1 minute'`
      assert.equal((await right('2001:db8:0:7::1')).status, 200)
    })

    test('what nobody needs any more is removed', async () => {
      await repeat(6, () => guess(auth, newPerson().email, { from: '192.0.2.6' }))
      const { sql } = auth.context
      const count = () => sql.one(Count)`
        select (select count(*) from login_attempts) + (select count(*) from login_counters) as rows`
      assert.ok((await count()).rows > 0)
      await sql.execute`update login_attempts set started_at = started_at - interval '2 minutes'`
      await sql.execute`update login_counters set changed_at = changed_at - interval '25 hours'`
      await removeOldAttempts(sql)
      assert.equal((await count()).rows, 0)
    })
  })
}
