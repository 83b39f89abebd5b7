import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { countOf, endLocks, guess, repeat } from './guesses.ts'
import { type Engine, registerPerson, startAuth } from './test-auth.ts'

for (const engine of ['pglite', 'postgres'] satisfies Engine[]) {
  describe(`the login throttle on ${engine}`, () => {
    test('five failures are free, then each one locks for twice as long, up to a quarter of an hour', async (t) => {
      const auth = await startAuth(t, engine)
      const { person } = await registerPerson(auth)
      const answers = await repeat(5, () => guess(auth, person.email))
      assert.deepEqual([...new Set(answers.map(({ code }) => code))], ['INVALID_CREDENTIALS'])
      const waits: number[] = []
      for (let i = 0; i < 12; i += 1) {
        const locked = await guess(auth, person.email, { password: person.password })
        assert.deepEqual([locked.status, locked.code], [429, 'ACCOUNT_LOCKED'])
        waits.push(Number(locked.headers.get('retry-after')))
        await endLocks(auth)
        const { code } = await guess(auth, person.email)
        assert.equal(code, 'INVALID_CREDENTIALS')
      }
      assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
      await endLocks(auth)
      assert.equal((await guess(auth, person.email, { password: person.password })).status, 200)
      const afterwards = await repeat(5, () => guess(auth, person.email))
      assert.ok(afterwards.every(({ status }) => status === 401))
    })

    test('100 wrong guesses at once get five verifications', async (t) => {
      const auth = await startAuth(t, engine)
      const { person } = await registerPerson(auth)
      const before = await countOf(auth, 'auth_login_failed_total')
      const answers = await Promise.all(Array.from({ length: 100 }, () => guess(auth, person.email)))
      const statuses = answers.map(({ status }) => status)
      assert.equal(statuses.filter((status) => status === 401).length, 5, statuses.join())
      assert.equal(statuses.filter((status) => status === 429).length, 95, statuses.join())
      assert.equal((await countOf(auth, 'auth_login_failed_total')) - before, 5)
    })

    test('of 50 right logins at once none counts as a failure; who waits is let in when told to come back', async (t) => {
      const auth = await startAuth(t, engine)
      const { person } = await registerPerson(auth)
      const login = () => guess(auth, person.email, { password: person.password })
      const answers = await Promise.all(Array.from({ length: 50 }, login))
      const refused = answers.filter(({ status }) => status !== 200)
      t.diagnostic(`${refused.length} of 50 were told to come back`)
      for (const { code, error } of refused) {
        assert.equal(code, 'ACCOUNT_LOCKED')
        assert.ok(error.retry_after_ms <= 2_000)
      }
    })
  })
}
