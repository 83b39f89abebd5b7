import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { suiteScope } from '@secureconnect/test/helpers'
import { faultProxy } from '@secureconnect/test/stack'
import { endLocks, guess, mailsTo, repeat } from './guesses.ts'
import { type Auth, ask, engines, onPostgres, registerPerson, startAuth, startAuthOn } from './test-auth.ts'

const newPassword = 'nine loud lighthouses'

function change({ address }: Pick<Auth, 'address'>, token: string, body: object) {
  return ask(`${address}/v1/users/me/password`, { token, body })
}

for (const engine of engines) {
  describe(`passwords on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
    })
    const me = (token: string) => ask(`${auth.address}/v1/users/me`, { token })
    const login = (email: string, password: string) => guess(auth, email, { password })

    test('after a change the old password stops and the new one works; the earlier system changed nothing', async () => {
      const { person, access_token } = await registerPerson(auth)
      const answer = await change(auth, access_token, { old_password: person.password, new_password: newPassword })
      assert.equal(answer.status, 200)
      assert.equal((await login(person.email, person.password)).code, 'INVALID_CREDENTIALS')
      assert.equal((await login(person.email, newPassword)).status, 200)
    })

    test('a change ends all sessions but the one that asked', async () => {
      const { person, access_token, refresh_token } = await registerPerson(auth)
      const other = (await login(person.email, person.password)).data
      await change(auth, access_token, { old_password: person.password, new_password: newPassword })
      assert.equal((await me(other.access_token)).code, 'TOKEN_REVOKED')
      const refresh = (token: string) => ask(`${auth.address}/v1/auth/refresh`, { body: { refresh_token: token } })
      assert.equal((await refresh(other.refresh_token)).code, 'INVALID_GRANT')
      assert.equal((await me(access_token)).status, 200)
      assert.equal((await refresh(refresh_token)).status, 200)
      assert.equal((await change(auth, other.access_token, {})).code, 'TOKEN_REVOKED')
    })

    test('the owner is told of a change by mail, once', async () => {
      const { person, access_token } = await registerPerson(auth)
      await change(auth, access_token, { old_password: 'another phrase', new_password: newPassword })
      await change(auth, access_token, { old_password: person.password, new_password: newPassword })
      // Mails to one person go out in their order: nothing else was sent before this one.
      assert.equal((await login(person.email, newPassword)).status, 200)
      assert.deepEqual(await mailsTo(auth, person.email, 2), ['password-changed', 'new-device'])
    })

    test('a password that is not good enough is refused with the reason, and nothing changes', async () => {
      const { person, access_token } = await registerPerson(auth)
      const old_password = person.password
      const faults: [unknown, RegExp][] = [
        ['short12', /8 to 128 characters/],
        ['password1', /most common/],
        [`my ${person.username} 99`, /e-mail address or username/],
        ['x'.repeat(1_025), /new_password/],
        [undefined, /is missing/],
        [12345678, /new_password/],
      ]
      for (const [new_password, message] of faults) {
        const { status, error, text } = await change(auth, access_token, { old_password, new_password })
        assert.equal(status, 400, text)
        assert.deepEqual([error.code, error.details[0].field], ['VALIDATION_ERROR', 'new_password'])
        assert.match(text, message)
      }
      assert.equal((await change(auth, access_token, { new_password: newPassword })).status, 400)
      const more = { old_password, new_password: newPassword, user_id: '0190a000-0000-7000-8000-000000000001' }
      assert.equal((await change(auth, access_token, more)).status, 400)
      assert.equal((await change(auth, 'nobody', { old_password, new_password: newPassword })).code, 'UNAUTHORIZED')
      assert.equal((await login(person.email, person.password)).status, 200)
    })

    test('whoever holds a session cannot guess the password with it', async () => {
      const { person, access_token } = await registerPerson(auth)
      const wrong = { old_password: 'another phrase', new_password: newPassword }
      const answers = await repeat(5, () => change(auth, access_token, wrong))
      assert.ok(answers.every(({ status, code }) => status === 401 && code === 'INVALID_CREDENTIALS'))
      const right = { old_password: person.password, new_password: newPassword }
      const locked = await change(auth, access_token, right)
      assert.deepEqual([locked.code, locked.headers.get('retry-after')], ['ACCOUNT_LOCKED', '1'])
      assert.equal((await login(person.email, person.password)).status, 200, 'its owner can still sign in')
      await endLocks(auth)
      assert.equal((await change(auth, access_token, right)).status, 200)
    })

    test('of several changes at once one happens, and its password is the one that works', async () => {
      const { person, access_token } = await registerPerson(auth)
      const wanted = Array.from({ length: 4 }, (_, index) => `${newPassword} ${index}`)
      const answers = await Promise.all(
        wanted.map((new_password) => change(auth, access_token, { old_password: person.password, new_password })),
      )
      const changed = wanted.filter((_, index) => answers[index]?.status === 200)
      assert.equal(changed.length, 1)
      const works = await repeat(wanted.length, (index) => login(person.email, wanted[index] ?? ''))
      assert.deepEqual(
        wanted.filter((_, index) => works[index]?.status === 200),
        changed,
      )
    })

    test('a login that was judged before a change opens no session after it', async (t) => {
      const { person, access_token } = await registerPerson(auth)
      const { promise: isJudged, resolve: judge } = Promise.withResolvers<boolean>()
      const verify = t.mock.method(auth.context.passwords, 'verify', () => isJudged, { times: 1 })
      const late = login(person.email, person.password)
      while (verify.mock.callCount() < 1) await new Promise((done) => setImmediate(done))
      const right = { old_password: person.password, new_password: newPassword }
      assert.equal((await change(auth, access_token, right)).status, 200)
      judge(true)
      assert.equal((await late).code, 'INVALID_CREDENTIALS')
    })
  })
}

test('with the database away a change is told to come back, and changes nothing', async (t) => {
  const database = await createMigratedDatabase(t)
  const proxy = await faultProxy(t, database)
  const auth = await startAuthOn(t, onPostgres({ ...database, host: proxy.host, port: proxy.port }))
  const { person, access_token } = await registerPerson(auth)
  proxy.refuse()
  const answer = await change(auth, access_token, { old_password: person.password, new_password: newPassword })
  assert.deepEqual([answer.status, answer.code], [503, 'SERVICE_UNAVAILABLE'])
  assert.ok(Number(answer.headers.get('retry-after')) <= 5)
})
