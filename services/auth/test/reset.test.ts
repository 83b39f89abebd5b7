import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { accountNews } from '@secureconnect/account-jobs'
import { suiteScope } from '@secureconnect/test/helpers'
import { generateTotpSecret } from '../src/second-factor/totp.ts'
import { listDevices } from '../src/stores/known-devices.ts'
import { enableTotp, saveTotpSecret } from '../src/stores/second-factors.ts'
import { findUserById, markEmailVerified } from '../src/stores/users.ts'
import { guess, repeat } from './guesses.ts'
import { mailedToken, requestLink, spoilToken, waitForMails, waitForQuiet } from './mailed-links.ts'
import { type Auth, ask, engines, newPerson, registerAdmin, registerPerson, startAuth } from './test-auth.ts'

const newPassword = 'nine loud lighthouses'
const publicUrl = 'https://chat.example.org'
const purpose = 'password-reset'

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

for (const engine of engines) {
  describe(`resetting passwords on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine, { PUBLIC_URL: publicUrl })
    })
    const request = (email: string) => requestLink(auth, 'password-reset/request', email)
    const confirm = (token: unknown, new_password: unknown = newPassword) =>
      ask(`${auth.address}/v1/auth/password-reset/confirm`, { body: { token, new_password } })
    const login = (email: string, password: string) => guess(auth, email, { password })

    /** Somebody who has the link of a reset. */
    async function registerForgetful() {
      const registered = await registerPerson(auth)
      const { email: to } = registered.person
      await request(to)
      return { ...registered, to, token: await mailedToken(auth, { to, purpose }) }
    }

    /** Gives an account what somebody needs who wants to come in after a reset. */
    async function addFactor(userId: string): Promise<void> {
      const { sql, factorKeys } = auth.context
      await sql.transaction(async (tx) => {
        await saveTotpSecret(tx, { userId, sealedSecret: factorKeys.seal(generateTotpSecret(), userId) })
        await enableTotp(tx, userId)
      })
    }

    test('after a reset the new password works, the old one does not; the earlier system changed nothing', async () => {
      const { person, to, token } = await registerForgetful()
      const [mail] = await waitForMails(auth, { to, type: purpose })
      assert.match(mail?.link ?? '', /^https:\/\/chat\.example\.org\/reset-password#token=[\w-]{64}$/)
      assert.equal((await login(to, person.password)).status, 200, 'until then nothing has changed')
      assert.equal((await confirm(token)).status, 200)
      assert.equal((await login(to, person.password)).code, 'INVALID_CREDENTIALS')
      assert.equal((await login(to, newPassword)).status, 200)
      await waitForMails(auth, { to, type: 'password-changed' })
    })

    test('a reset ends all sessions, access tokens included', async () => {
      const { person, to, token, access_token, refresh_token } = await registerForgetful()
      const other = (await login(to, person.password)).data
      await confirm(token)
      for (const pair of [{ access_token, refresh_token }, other]) {
        assert.equal((await ask(`${auth.address}/v1/users/me`, { token: pair.access_token })).code, 'TOKEN_REVOKED')
        const refreshed = await ask(`${auth.address}/v1/auth/refresh`, { body: { refresh_token: pair.refresh_token } })
        assert.equal(refreshed.code, 'INVALID_GRANT')
      }
    })

    test('a login that was judged before a reset opens no session after it', async (t) => {
      const { person, to, token } = await registerForgetful()
      const { promise: isJudged, resolve: judge } = Promise.withResolvers<boolean>()
      const verify = t.mock.method(auth.context.passwords, 'verify', () => isJudged, { times: 1 })
      const late = login(to, person.password)
      while (verify.mock.callCount() < 1) await new Promise((done) => setImmediate(done))
      assert.equal((await confirm(token)).status, 200)
      judge(true)
      assert.equal((await late).code, 'INVALID_CREDENTIALS')
    })

    test('a password that is not good enough is refused with the reason, and the link still works', async () => {
      const { person, to, token } = await registerForgetful()
      const faults = [
        'short12',
        'password1',
        `my ${person.username} 99`,
        `${to.split('@')[0]} 99`,
        'x'.repeat(1_025),
        7,
      ]
      for (const fault of faults) {
        const { status, error } = await confirm(token, fault)
        assert.deepEqual([status, error.details[0].field], [400, 'new_password'], String(fault).slice(0, 50))
      }
      assert.equal((await confirm(token)).status, 200)
    })

    test('known and unknown addresses get the same bytes for the same work, and before the mail is begun', async () => {
      const { person } = await registerPerson(auth)
      const url = `${auth.address}/v1/auth/password-reset/request`
      const work: [number[], number[]] = [[], []]
      const answers = new Set<string>()
      await repeat(80, async (index) => {
        // Each is first in half of the pairs.
        const isKnown = [true, false, false, true][index % 4]
        const email = isKnown ? person.email : newPerson().email
        // What this process did until the answer was read; unlike the time, a busy machine changes little about it.
        const before = process.cpuUsage()
        const { status, data } = await ask(url, { body: { email } })
        const { user, system } = process.cpuUsage(before)
        work[isKnown ? 0 : 1].push((user + system) / 1_000)
        answers.add(JSON.stringify([status, data]))
        await waitForQuiet(auth)
        // Refused mails are less work than sent ones.
        await auth.context.sql.execute`delete from mail_counts`
      })
      assert.equal(answers.size, 1)
      assert.match([...answers].join(), /^\[202,/)
      const [known, unknown] = [medianOf(work[0]), medianOf(work[1])]
      assert.ok(Math.abs(known - unknown) < Math.min(known, unknown) / 3, `${known} ms and ${unknown} ms of work`)
      assert.equal((await waitForMails(auth, { to: person.email, type: purpose, count: 40 })).length, 40)
    })

    test('an address gets three mails in an hour, however often and however it is asked for', async () => {
      const { person } = await registerPerson(auth)
      const { email: to } = person
      await repeat(6, (index) => request(index % 2 ? to.toUpperCase() : to))
      assert.equal((await waitForMails(auth, { to, type: purpose, count: 3 })).length, 3)
      const isRefusal = auth.lines.findLast(({ message }) => message === 'a mail that was asked for is not sent')
      assert.equal(isRefusal?.reason, 'limit')
      const newest = await mailedToken(auth, { to, purpose, count: 3 })
      assert.equal((await confirm(newest)).status, 200, 'refused requests leave the link alone')
      await auth.context.sql.execute`update mail_counts set began_at = began_at - interval '1 hour'`
      await request(to)
      await waitForMails(auth, { to, type: purpose, count: 4 })
    })

    test('of several links the newest works, and only for a quarter of an hour', async () => {
      const { to, token: first } = await registerForgetful()
      await request(to)
      const second = await mailedToken(auth, { to, purpose, count: 2 })
      assert.equal((await confirm(first)).code, 'INVALID_GRANT')
      const { sql } = auth.context
      await sql.execute`update mail_tokens set expires_at = expires_at - interval '15 minutes'`
      assert.equal((await confirm(second)).code, 'INVALID_GRANT')
      await sql.execute`update mail_tokens set expires_at = expires_at + interval '5 seconds'`
      assert.equal((await confirm(second)).status, 200)
    })

    test('a link works once, also for ten at once, and the password is that of the one', async () => {
      const { to, token } = await registerForgetful()
      const wanted = Array.from({ length: 10 }, (_, index) => `${newPassword} ${index}`)
      const answers = await Promise.all(wanted.map((password) => confirm(token, password)))
      const done = wanted.filter((_, index) => answers[index]?.status === 200)
      assert.equal(done.length, 1, answers.map(({ text }) => text).join('\n'))
      // So many new passwords at once may be too much for a busy machine.
      const outcomes = [undefined, 'INVALID_GRANT', 'CAPACITY']
      assert.ok(answers.every(({ code }) => outcomes.includes(code)))
      assert.equal((await login(to, done[0] ?? '')).status, 200)
      assert.equal((await confirm(token)).code, 'INVALID_GRANT')
    })

    test('a token that is not the one that was mailed counts for nothing, and spoils nothing', async () => {
      const { person, to, token } = await registerForgetful()
      for (const [fault, spoilt] of spoilToken(token)) {
        const { status, code } = await confirm(spoilt)
        assert.deepEqual([status, code], [401, 'INVALID_GRANT'], fault)
      }
      for (const shape of ['', 'x'.repeat(10_240), null, [token]]) {
        assert.equal((await confirm(shape)).code, 'VALIDATION_ERROR')
      }
      const body = { token, new_password: newPassword, email: newPerson().email }
      assert.equal((await ask(`${auth.address}/v1/auth/password-reset/confirm`, { body })).code, 'VALIDATION_ERROR')
      const url = `${auth.address}/v1/auth/password-reset/confirm?token=${token}&new_password=${newPassword}`
      assert.notEqual((await ask(url)).status, 200)
      assert.equal((await login(to, person.password)).status, 200)
      assert.equal((await confirm(token)).status, 200)
    })

    test('whoever made an account on an address in advance loses all he left there when its owner resets it', async () => {
      const { user, person, to, token, device_token, access_token } = await registerForgetful()
      const { user_id: userId } = user
      await addFactor(userId)
      const { password } = person
      await ask(`${auth.address}/v1/users/me/email`, {
        token: access_token,
        body: { new_email: newPerson().email, password },
      })
      await confirm(token)
      const signedIn = await login(to, newPassword)
      assert.deepEqual([signedIn.status, signedIn.data?.user.email_verified], [200, true])
      const { sql } = auth.context
      const devices = (await listDevices(sql, userId)).map(({ device_id: id }) => id)
      assert.equal(devices.length, 1)
      assert.ok(!devices.includes(device_token.split('.')[0] ?? ''))
      assert.equal(await sql.execute`select 1 from mail_tokens where user_id = ${userId}`, 0)
      // His devices for encryption and their key backup are chat's to remove.
      await waitForQuiet(auth)
      assert.ok(auth.told.has(`${accountNews.reclaimed} ${userId}`))
    })

    test('a confirmed account keeps its second factor, without which a reset opens nothing', async () => {
      const { user, to, token } = await registerForgetful()
      const { sql } = auth.context
      await sql.transaction((tx) => markEmailVerified(tx, user.user_id))
      await addFactor(user.user_id)
      assert.equal((await confirm(token)).status, 200)
      assert.equal((await login(to, newPassword)).code, 'TOTP_REQUIRED')
      assert.equal((await listDevices(sql, user.user_id)).length, 1)
    })

    test('a banned person stays out, and an account that is being erased stays as it is', async () => {
      const [banned, erasing, admin] = [await registerForgetful(), await registerForgetful(), await registerAdmin(auth)]
      const body = { user_id: banned.user.user_id, reason: 'a test', permanent: true }
      await ask(`${auth.address}/v1/admin/users/ban`, { body, token: admin.access_token })
      assert.equal((await confirm(banned.token)).status, 200)
      assert.equal((await login(banned.to, newPassword)).code, 'ACCOUNT_BANNED')
      const { sql } = auth.context
      await sql.execute`update users set erasing_at = now() where user_id = ${erasing.user.user_id}`
      assert.equal((await confirm(erasing.token)).code, 'INVALID_GRANT')
      await request(erasing.to)
      assert.equal((await waitForMails(auth, { to: erasing.to, type: purpose })).length, 1)
    })

    test('changing the password makes links worth nothing that were mailed before', async () => {
      const { person, to, token, access_token } = await registerForgetful()
      const body = { old_password: person.password, new_password: newPassword }
      await ask(`${auth.address}/v1/users/me/password`, { token: access_token, body })
      assert.equal((await confirm(token, 'ten quiet forests')).code, 'INVALID_GRANT')
      assert.equal((await login(to, newPassword)).status, 200)
    })

    test('a reset is counted, logged and audited, once', async () => {
      const { user, token } = await registerForgetful()
      const count = async () => (await auth.context.metrics.passwordReset.get()).values[0]?.value ?? 0
      const before = await count()
      await confirm(token)
      await confirm(token)
      assert.equal(await count(), before + 1)
      const records = auth.lines.filter(
        ({ stream, resource, action }) => stream === 'audit' && resource === 'password' && action === 'reset',
      )
      assert.deepEqual(
        records.slice(-2).map(({ result, reason, user_id }) => [result, reason, user_id]),
        [
          ['allowed', undefined, user.user_id],
          ['denied', 'INVALID_GRANT', undefined],
        ],
      )
      assert.ok(await findUserById(auth.context.sql, user.user_id))
    })
  })
}
