import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { column } from '@secureconnect/sql'
import { suiteScope } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { createTotpCode, toTotpStep } from '../src/second-factor/totp.ts'
import { endLocks, guess, mailsTo, repeat } from './guesses.ts'
import { type Auth, ask, engines, registerPerson, startAuth } from './test-auth.ts'

const Row = Type.Object({ bytes: column.bytes })

/** What an authenticator app does with the secret that a person types in. */
function readCode(secret: string, steps = 0): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))
  return createTotpCode(Buffer.from(bytes), toTotpStep(new Date()) + steps)
}

for (const engine of engines) {
  describe(`second factors on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
    })
    const post = (path: string, token: string, body?: object) =>
      ask(`${auth.address}/v1/auth/totp/${path}`, { method: 'POST', token, ...(body && { body }) })

    /** Makes all codes of an app count again, as if minutes had gone by. */
    const forgetSteps = () => auth.context.sql.execute`update totp_secrets set last_step = 0`

    /** A person whose app is in use, and who has waited for its next code. */
    async function registerWithTotp() {
      const registered = await registerPerson(auth)
      const { access_token: token, person } = registered
      const { secret } = (await post('setup', token)).data
      const { data } = await post('enable', token, { code: readCode(secret) })
      await forgetSteps()
      const login = (more: object = {}) => guess(auth, person.email, { password: person.password, ...more })
      return { ...registered, secret, login, recoveryCodes: data.recovery_codes as string[] }
    }

    test('an app that was only set up changes nothing; once its code was shown, signing in takes one', async () => {
      const { access_token: token, person } = await registerPerson(auth)
      const login = (more: object = {}) => guess(auth, person.email, { password: person.password, ...more })
      const first = await post('setup', token)
      const second = await post('setup', token)
      assert.equal(second.headers.get('cache-control'), 'no-store')
      assert.match(second.data.secret, /^[A-Z2-7]{32}$/)
      assert.ok(second.data.otpauth_uri.includes(second.data.secret))
      assert.equal((await login()).data.user.totp_enabled, false)
      const replaced = await post('enable', token, { code: readCode(first.data.secret) })
      assert.deepEqual([replaced.status, replaced.code], [401, 'INVALID_CREDENTIALS'])
      assert.equal((await login()).status, 200)
      const enabled = await post('enable', token, { code: readCode(second.data.secret) })
      assert.equal(enabled.status, 200)
      assert.equal(new Set(enabled.data.recovery_codes).size, 10)
      const refused = await login()
      assert.deepEqual([refused.status, refused.code], [401, 'TOTP_REQUIRED'])
      const signedIn = await login({ totp: readCode(second.data.secret, 1) })
      assert.deepEqual([signedIn.status, signedIn.data.user.totp_enabled], [200, true])
    })

    test('only who has the right password hears that a code is missing', async () => {
      const { person } = await registerWithTotp()
      const wrong = await guess(auth, person.email, { totp: '123456' })
      const unknown = await guess(auth, 'nobody@example.org', { totp: '123456' })
      assert.deepEqual([wrong.status, wrong.code], [401, 'INVALID_CREDENTIALS'])
      assert.deepEqual({ ...wrong.answer, meta: 0 }, { ...unknown.answer, meta: 0 })
    })

    test('a code counts once, also when it comes twenty times at the same moment', async () => {
      const { secret, login } = await registerWithTotp()
      const totp = readCode(secret)
      const answers = await Promise.all(Array.from({ length: 20 }, () => login({ totp })))
      const statuses = answers.map(({ status }) => status)
      assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join())
      await endLocks(auth)
      assert.equal((await login({ totp })).status, 401)
      await endLocks(auth)
      const before = await login({ totp: readCode(secret, -1) })
      assert.equal(before.code, 'INVALID_CREDENTIALS', 'an older code after a newer one')
    })

    test('codes from before and after the present one count, older and newer ones do not', async (t) => {
      const stepMs = 30_000
      t.mock.timers.enable({ apis: ['Date'], now: Math.floor(Date.now() / stepMs) * stepMs + stepMs / 2 })
      const { secret, login } = await registerWithTotp()
      for (const [steps, status] of [
        [-2, 401],
        [2, 401],
        [-1, 200],
        [1, 200],
      ] as const) {
        assert.equal((await login({ totp: readCode(secret, steps) })).status, status, `${steps} steps away`)
      }
    })

    test('a recovery code signs in once, in any spelling', async () => {
      const { login, recoveryCodes } = await registerWithTotp()
      const [first = '', second = ''] = recoveryCodes
      assert.equal((await login({ totp: first })).status, 200)
      assert.equal((await login({ totp: first })).status, 401)
      assert.equal((await login({ totp: second.toUpperCase().replace('-', '') })).status, 200)
      const { login: foreign } = await registerWithTotp()
      assert.equal((await foreign({ totp: recoveryCodes[2] })).status, 401)
    })

    test('wrong codes lock as wrong passwords do, whatever networks they come from', async () => {
      const { secret, login } = await registerWithTotp()
      const wrong = await repeat(5, (index) => login({ totp: '000000', from: `198.51.100.${index}` }))
      assert.deepEqual([...new Set(wrong.map(({ code }) => code))], ['INVALID_CREDENTIALS'])
      const locked = await login({ totp: readCode(secret), from: '198.51.100.77' })
      assert.deepEqual([locked.status, locked.code], [429, 'ACCOUNT_LOCKED'])
      assert.equal((await login({ from: '198.51.100.78' })).code, 'TOTP_REQUIRED')
      await endLocks(auth)
      assert.equal((await login({ totp: readCode(secret) })).status, 200)
    })

    test('taking the factor off needs password and code, and ends all other sessions', async () => {
      const { access_token: token, secret, login, person } = await registerWithTotp()
      const other = (await login({ totp: readCode(secret) })).data
      const { password } = person
      const faults: [object, string][] = [
        [{ password: 'another phrase', code: readCode(secret) }, 'INVALID_CREDENTIALS'],
        [{ password, code: '000000' }, 'INVALID_CREDENTIALS'],
        [{ password }, 'VALIDATION_ERROR'],
        [{ password, code: '12345' }, 'VALIDATION_ERROR'],
      ]
      for (const [body, code] of faults) assert.equal((await post('disable', token, body)).code, code)
      assert.equal((await login()).code, 'TOTP_REQUIRED')
      assert.equal((await post('disable', token, { password, code: readCode(secret, 1) })).status, 200)
      const me = (access: string) => ask(`${auth.address}/v1/users/me`, { token: access })
      assert.equal((await me(token)).data.totp_enabled, false)
      assert.equal((await me(other.access_token)).code, 'TOKEN_REVOKED')
      assert.equal((await login()).status, 200)
      assert.equal((await post('disable', token, { password, code: '000000' })).code, 'CONFLICT')
      const { secret: next } = (await post('setup', token)).data
      assert.equal((await post('enable', token, { code: readCode(next) })).status, 200)
    })

    test('the owner is told of each switch by mail, and of no attempt that failed', async () => {
      const { access_token: token, person, secret } = await registerWithTotp()
      const { email, password } = person
      await post('disable', token, { password, code: '000000' })
      await post('disable', token, { password, code: readCode(secret) })
      const { secret: next } = (await post('setup', token)).data
      await post('enable', token, { code: '000000' })
      await post('enable', token, { code: readCode(next) })
      assert.deepEqual(await mailsTo(auth, email, 3), ['totp-enabled', 'totp-disabled', 'totp-enabled'])
    })

    test('a session alone cannot replace an app that is in use', async () => {
      const { access_token: token, secret, login } = await registerWithTotp()
      assert.equal((await post('setup', token)).code, 'CONFLICT')
      assert.equal((await post('enable', token, { code: readCode(secret) })).code, 'CONFLICT')
      assert.equal((await login({ totp: readCode(secret) })).status, 200)
      const { access_token: fresh } = await registerPerson(auth)
      assert.equal((await post('enable', fresh, { code: '000000' })).code, 'CONFLICT')
    })

    test('nothing in the database or the log gives a code away', async () => {
      const { secret, recoveryCodes, user } = await registerWithTotp()
      const { sql, factorKeys } = auth.context
      const rows = await sql.many(Row)`
        select sealed_secret as bytes from totp_secrets where user_id = ${user.user_id}
        union all select code_hash from recovery_codes where user_id = ${user.user_id}`
      assert.equal(rows.length, 11)
      const sealed = rows.map(({ bytes }) => bytes)
      const open = factorKeys.open(sealed.find((bytes) => bytes.length === 48) ?? Buffer.alloc(0), user.user_id)
      const dump = Buffer.concat(sealed)
      assert.ok(!dump.includes(open))
      const log = JSON.stringify(auth.lines)
      for (const canary of [secret, ...recoveryCodes]) {
        assert.ok(!dump.includes(canary))
        assert.ok(!log.includes(canary))
      }
    })
  })
}
