import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { suiteScope } from '@secureconnect/test/helpers'
import { endLocks, guess, repeat } from './guesses.ts'
import { mailedToken, requestLink, spoilToken, waitForMails, waitForQuiet } from './mailed-links.ts'
import { type Auth, ask, engines, newPerson, registerPerson, startAuth } from './test-auth.ts'

const publicUrl = 'https://chat.example.org'
const purpose = 'email-change'

for (const engine of engines) {
  describe(`changing addresses on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine, { PUBLIC_URL: publicUrl })
    })
    const change = (token: string, body: object) => ask(`${auth.address}/v1/users/me/email`, { token, body })
    const confirm = (token: string, body: object) => ask(`${auth.address}/v1/users/me/email/verify`, { token, body })
    const me = (token: string) => ask(`${auth.address}/v1/users/me`, { token })

    /** Somebody who has the link that was mailed to his new address. */
    async function registerMoving(newEmail = newPerson().email) {
      const registered = await registerPerson(auth)
      const { person, access_token } = registered
      await change(access_token, { new_email: newEmail, password: person.password })
      return { ...registered, newEmail, link: await mailedToken(auth, { to: newEmail, purpose }) }
    }

    test('the new address counts once its owner has confirmed it; the old one is told and counts no more', async () => {
      const { person, access_token, newEmail, link } = await registerMoving()
      const [mail] = await waitForMails(auth, { to: newEmail, type: purpose })
      assert.match(mail?.link ?? '', /^https:\/\/chat\.example\.org\/confirm-email#token=[\w-]{64}$/)
      assert.doesNotMatch(mail?.text ?? '', /A Person/)
      assert.equal((await me(access_token)).data.email, person.email, 'until then nothing has changed')
      const { status, data } = await confirm(access_token, { token: link })
      assert.deepEqual([status, data.email, data.email_verified], [200, newEmail, true])
      assert.equal((await me(access_token)).data.email, newEmail)
      const { password } = person
      assert.equal((await guess(auth, newEmail, { password })).status, 200)
      assert.equal((await guess(auth, person.email, { password })).code, 'INVALID_CREDENTIALS')
      await waitForMails(auth, { to: person.email, type: 'email-changed' })
      assert.equal((await confirm(access_token, { token: link })).code, 'INVALID_GRANT')
      const isFree = await ask(`${auth.address}/v1/auth/register`, { body: { ...newPerson(), email: person.email } })
      assert.equal(isFree.status, 201, 'the old address may be used for another account')
    })

    test('a change ends all sessions but the one that confirms', async () => {
      const { person, access_token, refresh_token, link } = await registerMoving()
      const other = (await guess(auth, person.email, { password: person.password })).data
      assert.equal((await confirm(access_token, { token: link })).status, 200)
      assert.equal((await me(other.access_token)).code, 'TOKEN_REVOKED')
      const refresh = (token: string) => ask(`${auth.address}/v1/auth/refresh`, { body: { refresh_token: token } })
      assert.equal((await refresh(other.refresh_token)).code, 'INVALID_GRANT')
      assert.equal((await refresh(refresh_token)).status, 200)
    })

    test('it takes the password, of which five wrong ones lock the session out', async () => {
      const { person, access_token } = await registerPerson(auth)
      const { email: new_email } = newPerson()
      const wrong = await repeat(5, () => change(access_token, { new_email, password: 'another phrase' }))
      assert.ok(wrong.every(({ status, code }) => status === 401 && code === 'INVALID_CREDENTIALS'))
      const right = { new_email, password: person.password }
      assert.equal((await change(access_token, right)).code, 'ACCOUNT_LOCKED')
      await endLocks(auth)
      assert.equal((await change(access_token, right)).status, 202)
      assert.equal((await waitForMails(auth, { to: new_email, type: purpose })).length, 1)
    })

    test('a password that was judged before another one took its place has no link mailed', async (t) => {
      const { person, access_token } = await registerPerson(auth)
      const { email: new_email } = newPerson()
      const { promise: isJudged, resolve: judge } = Promise.withResolvers<boolean>()
      const verify = t.mock.method(auth.context.passwords, 'verify', () => isJudged, { times: 1 })
      const late = change(access_token, { new_email, password: person.password })
      while (verify.mock.callCount() < 1) await new Promise((done) => setImmediate(done))
      const body = { old_password: person.password, new_password: 'nine loud lighthouses' }
      const { data } = await guess(auth, person.email, { password: person.password })
      await ask(`${auth.address}/v1/users/me/password`, { token: data.access_token, body })
      judge(true)
      assert.equal((await late).code, 'INVALID_CREDENTIALS')
      assert.equal(await auth.context.sql.execute`select 1 from mail_tokens where new_email = ${new_email}`, 0)
    })

    test('an address that is taken is told to its owner alone, whatever its case', async () => {
      const owner = await registerPerson(auth)
      const { person, access_token } = await registerPerson(auth)
      const { password } = person
      const free = await change(access_token, { new_email: newPerson().email, password })
      const wanted = owner.person.email.toUpperCase()
      const taken = await change(access_token, { new_email: wanted, password })
      assert.deepEqual([taken.status, taken.data], [free.status, free.data])
      const token = await mailedToken(auth, { to: wanted, purpose })
      assert.equal((await confirm(access_token, { token })).code, 'EMAIL_EXISTS')
      assert.equal((await me(access_token)).data.email, person.email)
      assert.equal((await guess(auth, owner.person.email, { password: owner.person.password })).status, 200)
    })

    test('of two who want the same address at once one gets it', async () => {
      const newEmail = newPerson().email
      const first = await registerMoving(newEmail)
      const second = await registerPerson(auth)
      await change(second.access_token, { new_email: newEmail, password: second.person.password })
      const link = await mailedToken(auth, { to: newEmail, purpose, count: 2 })
      const answers = await Promise.all([
        confirm(first.access_token, { token: first.link }),
        confirm(second.access_token, { token: link }),
      ])
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
      await waitForQuiet(auth)
      const loser = answers[0]?.status === 409 ? first : second
      assert.equal((await me(loser.access_token)).data.email, loser.person.email)
      assert.ok(
        !auth.lines.some(
          ({ user_id, message }) => message === 'e-mail address changed' && user_id === loser.user.user_id,
        ),
      )
    })

    test('the same address in other letters is a change like any other', async () => {
      const { person, access_token } = await registerPerson(auth)
      const new_email = person.email.toLowerCase()
      await change(access_token, { new_email, password: person.password })
      const token = await mailedToken(auth, { to: new_email, purpose })
      assert.equal((await confirm(access_token, { token })).data.email, new_email)
    })

    test('the link is good for the account that asked, and for nobody who only got the mail', async () => {
      const { access_token, link } = await registerMoving()
      const stranger = await registerPerson(auth)
      assert.equal((await confirm(stranger.access_token, { token: link })).code, 'INVALID_GRANT')
      assert.equal(
        (await ask(`${auth.address}/v1/users/me/email/verify`, { body: { token: link } })).code,
        'UNAUTHORIZED',
      )
      const verify = await ask(`${auth.address}/v1/auth/verify-email`, { body: { token: link } })
      assert.equal(verify.code, 'INVALID_GRANT')
      const body = { token: link, new_password: 'nine loud lighthouses' }
      assert.equal((await ask(`${auth.address}/v1/auth/password-reset/confirm`, { body })).code, 'INVALID_GRANT')
      assert.equal((await confirm(access_token, { token: link })).status, 200)
    })

    test('an address gets three such mails in an hour, from however many accounts', async () => {
      const { email: to } = newPerson()
      const people = await Promise.all([registerPerson(auth), registerPerson(auth)])
      await repeat(5, async (index) => {
        const { access_token, person } = people[index % 2] ?? people[0]
        const body = { new_email: to, password: person.password }
        assert.equal((await change(access_token, body)).status, 202)
      })
      await waitForQuiet(auth)
      assert.equal((await waitForMails(auth, { to, type: purpose, count: 3 })).length, 3)
    })

    test('whoever asked with a stolen password cannot confirm once the owner has another', async () => {
      const [changed, reset] = [await registerMoving(), await registerMoving()]
      const new_password = 'nine loud lighthouses'
      const body = { old_password: changed.person.password, new_password }
      await ask(`${auth.address}/v1/users/me/password`, { token: changed.access_token, body })
      assert.equal((await confirm(changed.access_token, { token: changed.link })).code, 'INVALID_GRANT')
      await requestLink(auth, 'password-reset/request', reset.person.email)
      const token = await mailedToken(auth, { to: reset.person.email, purpose: 'password-reset' })
      await ask(`${auth.address}/v1/auth/password-reset/confirm`, { body: { token, new_password } })
      const { data } = await guess(auth, reset.person.email, { password: new_password })
      assert.equal((await confirm(data.access_token, { token: reset.link })).code, 'INVALID_GRANT')
    })

    test('a link that was mailed to the old address before the change opens nothing after it', async () => {
      const { person, access_token, link } = await registerMoving()
      await requestLink(auth, 'password-reset/request', person.email)
      const token = await mailedToken(auth, { to: person.email, purpose: 'password-reset' })
      await confirm(access_token, { token: link })
      const body = { token, new_password: 'nine loud lighthouses' }
      assert.equal((await ask(`${auth.address}/v1/auth/password-reset/confirm`, { body })).code, 'INVALID_GRANT')
    })

    test('a link works once, also for ten at once, and only for a day', async () => {
      const { person, access_token, link } = await registerMoving()
      const { sql } = auth.context
      await sql.execute`update mail_tokens set expires_at = expires_at - interval '1 day'`
      assert.equal((await confirm(access_token, { token: link })).code, 'INVALID_GRANT')
      await sql.execute`update mail_tokens set expires_at = expires_at + interval '1 day'`
      const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(access_token, { token: link })))
      const codes = answers.map(({ status, code }) => code ?? status).sort()
      assert.deepEqual(codes, [200, ...Array.from({ length: 9 }, () => 'INVALID_GRANT')])
      await waitForQuiet(auth)
      assert.equal((await waitForMails(auth, { to: person.email, type: 'email-changed' })).length, 1)
    })

    test('what is no address, no password or no token is refused, and changes nothing', async () => {
      const { person, access_token, link } = await registerMoving()
      const { password } = person
      const { email: new_email } = newPerson()
      const faults: [object, string][] = [
        [{ password }, 'new_email'],
        [{ new_email }, 'password'],
        [{ new_email: 'no-at-sign', password }, 'new_email'],
        [{ new_email: 'a@example.org\r\nBcc: b@example.org', password }, 'new_email'],
        [{ new_email: 'a@example.org, b@example.org', password }, 'new_email'],
        [{ new_email: `${'a'.repeat(10_240)}@example.org`, password }, 'new_email'],
        [{ new_email, password: 'x'.repeat(10_240) }, 'password'],
        [{ new_email, password, user_id: person.username }, 'user_id'],
      ]
      for (const [body, field] of faults) {
        const { status, error } = await change(access_token, body)
        assert.deepEqual([status, error.details[0].field], [400, field])
      }
      assert.equal((await change('nobody', { new_email, password })).code, 'UNAUTHORIZED')
      for (const [fault, token] of spoilToken(link)) {
        assert.equal((await confirm(access_token, { token })).code, 'INVALID_GRANT', fault)
      }
      for (const body of [{}, { token: '' }, { token: 'x'.repeat(10_240) }, { token: link, email: new_email }]) {
        assert.equal((await confirm(access_token, body)).code, 'VALIDATION_ERROR')
      }
      await ask(`${auth.address}/v1/auth/logout`, { method: 'POST', token: access_token })
      assert.equal((await confirm(access_token, { token: link })).code, 'TOKEN_REVOKED')
      assert.equal((await guess(auth, person.email, { password })).status, 200)
    })
  })
}
