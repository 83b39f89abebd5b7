import assert from 'node:assert/strict'
import { request } from 'node:http'
import { before, describe, test } from 'node:test'
import { suiteScope } from '@secureconnect/test/helpers'
import { guess, repeat } from './guesses.ts'
import { mailedToken, requestLink, spoilToken, waitForMails, waitForQuiet } from './mailed-links.ts'
import { type Auth, ask, engines, newPerson, registerPerson, startAuth } from './test-auth.ts'

const publicUrl = 'https://chat.example.org/app'
const purpose = 'verification'

function verifyAt({ address }: Auth, token: unknown) {
  return ask(`${address}/v1/auth/verify-email`, { body: { token } })
}

for (const engine of engines) {
  describe(`confirming addresses on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      const env = { EMAIL_VERIFICATION: 'notify', PUBLIC_URL: publicUrl }
      auth = await startAuth(suite, engine, env)
    })
    const verify = (token: unknown) => verifyAt(auth, token)
    const me = async (token: string) => (await ask(`${auth.address}/v1/users/me`, { token })).data

    test('who registers is reminded until the link of the mail is opened, and is welcomed then', async () => {
      const { person, user, access_token } = await registerPerson(auth)
      assert.deepEqual([user.email_verified, user.email_verification_due], [false, true])
      const [mail] = await waitForMails(auth, { to: person.email, type: purpose })
      assert.match(mail?.link ?? '', /^https:\/\/chat\.example\.org\/app\/verify-email#token=[\w-]{64}$/)
      const answer = await verify(await mailedToken(auth, { to: person.email, purpose }))
      assert.equal(answer.status, 200)
      const { email_verified, email_verification_due } = await me(access_token)
      assert.deepEqual([email_verified, email_verification_due], [true, false])
      const [welcome] = await waitForMails(auth, { to: person.email, type: 'welcome' })
      assert.match(welcome?.text ?? '', /^Hello A Person,\n[\s\S]*^https:\/\/chat\.example\.org\/app\n/m)
    })

    test('a mail to an address that nobody has confirmed holds nothing that a stranger may have written', async () => {
      const advertised = { ...newPerson(), display_name: 'WIN 1000 at http://evil.example' }
      await ask(`${auth.address}/v1/auth/register`, { body: advertised })
      const [mail] = await waitForMails(auth, { to: advertised.email, type: purpose })
      assert.match(mail?.text ?? '', /Hello,/)
      assert.doesNotMatch(mail?.text ?? '', /evil/)
    })

    test('links lead to the configured address, whatever host a request names', async () => {
      const person = newPerson()
      const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'content-type': 'application/json' }
      // `fetch` would name the host that it connects to.
      request(`${auth.address}/v1/auth/register`, { method: 'POST', headers }).end(JSON.stringify(person))
      const [mail] = await waitForMails(auth, { to: person.email, type: purpose })
      assert.ok(mail?.link.startsWith(`${publicUrl}/`))
      assert.doesNotMatch(mail?.text ?? '', /evil/)
    })

    test('the mail can be had again, three times an hour, and its link takes the place of the one before', async () => {
      const { person } = await registerPerson(auth)
      const { email: to } = person
      const first = await mailedToken(auth, { to, purpose })
      await repeat(5, (index) => requestLink(auth, 'verify-email/resend', index % 2 ? to.toUpperCase() : to))
      assert.equal((await waitForMails(auth, { to, type: purpose, count: 4 })).length, 4)
      await auth.context.sql.execute`update mail_counts set began_at = began_at - interval '1 hour'`
      await requestLink(auth, 'verify-email/resend', to)
      const newest = await mailedToken(auth, { to, purpose, count: 5 })
      assert.equal((await verify(first)).code, 'INVALID_GRANT')
      assert.equal((await verify(newest)).status, 200)
    })

    test('the answer does not tell whether an address has an account, nor whether it is confirmed', async () => {
      const [waiting, confirmed] = [await registerPerson(auth), await registerPerson(auth)]
      await verify(await mailedToken(auth, { to: confirmed.person.email, purpose }))
      const answers = []
      for (const email of [waiting.person.email, confirmed.person.email, newPerson().email]) {
        const { status, data, headers } = await requestLink(auth, 'verify-email/resend', email)
        answers.push(JSON.stringify([status, data, [...headers.keys()].sort()]))
      }
      assert.equal(new Set(answers).size, 1, answers.join('\n'))
      assert.match(answers[0] ?? '', /^\[202,/)
      assert.equal((await waitForMails(auth, { to: confirmed.person.email, type: purpose })).length, 1)
    })

    test('a link works once, also if it is opened ten times at once', async () => {
      const { person } = await registerPerson(auth)
      const token = await mailedToken(auth, { to: person.email, purpose })
      const answers = await Promise.all(Array.from({ length: 10 }, () => verify(token)))
      const codes = answers.map(({ status, code }) => code ?? status).sort()
      assert.deepEqual(codes, [200, ...Array.from({ length: 9 }, () => 'INVALID_GRANT')])
      await waitForQuiet(auth)
      assert.equal((await waitForMails(auth, { to: person.email, type: 'welcome' })).length, 1)
    })

    test('a token that is not the one that was mailed counts for nothing, and spoils nothing', async () => {
      const { person, access_token } = await registerPerson(auth)
      const token = await mailedToken(auth, { to: person.email, purpose })
      for (const [fault, spoilt] of spoilToken(token)) {
        const { status, code } = await verify(spoilt)
        assert.deepEqual([status, code], [401, 'INVALID_GRANT'], fault)
      }
      for (const shape of ['', 'x'.repeat(10_240), null, 7, [token], { token }]) {
        assert.equal((await verify(shape)).code, 'VALIDATION_ERROR', JSON.stringify(shape).slice(0, 50))
      }
      const more = await ask(`${auth.address}/v1/auth/verify-email`, { body: { token, user_id: 'x' } })
      assert.equal(more.code, 'VALIDATION_ERROR')
      assert.equal((await me(access_token)).email_verified, false)
      assert.equal((await verify(token)).status, 200)
    })

    test('a link for something else, or one that is too old, confirms nothing', async () => {
      const { person, access_token } = await registerPerson(auth)
      const { email: to } = person
      await requestLink(auth, 'password-reset/request', to)
      const forReset = await mailedToken(auth, { to, purpose: 'password-reset' })
      assert.equal((await verify(forReset)).code, 'INVALID_GRANT')
      const token = await mailedToken(auth, { to, purpose })
      await auth.context.sql.execute`update mail_tokens set expires_at = clock_timestamp()`
      assert.equal((await verify(token)).code, 'INVALID_GRANT')
      assert.equal((await me(access_token)).email_verified, false)
    })

    test('to follow a link uses nothing up, as mail programs do that look ahead', async () => {
      const { person } = await registerPerson(auth)
      const token = await mailedToken(auth, { to: person.email, purpose })
      const url = `${auth.address}/v1/auth/verify-email`
      for (const method of ['GET', 'HEAD', 'OPTIONS']) await fetch(`${url}?token=${token}`, { method })
      assert.equal((await ask(`${url}?token=${token}`, { method: 'POST', body: {} })).code, 'VALIDATION_ERROR')
      assert.equal((await verify(token)).status, 200)
    })
  })
}

test('where an address must be confirmed, registering signs nobody in and logging in waits for it', async (t) => {
  const auth = await startAuth(t, 'postgres', { EMAIL_VERIFICATION: 'required' })
  const person = newPerson()
  const registered = await ask(`${auth.address}/v1/auth/register`, { body: person })
  assert.deepEqual([registered.status, Object.keys(registered.data)], [201, ['user']])
  const { email, email_verified, email_verification_due } = registered.data.user
  assert.deepEqual([email, email_verified, email_verification_due], [person.email, false, true])
  const login = (name: string) => guess(auth, name, { password: person.password })
  for (const name of [person.email, person.username]) {
    const refused = await login(name)
    assert.deepEqual([refused.status, refused.code], [403, 'EMAIL_NOT_VERIFIED'])
  }
  assert.equal((await guess(auth, person.email)).code, 'INVALID_CREDENTIALS')
  await verifyAt(auth, await mailedToken(auth, { to: person.email, purpose }))
  assert.equal((await login(person.email)).status, 200)
})

test('where addresses need no confirming, nobody is mailed and nobody is reminded', async (t) => {
  const auth = await startAuth(t, 'postgres', { EMAIL_VERIFICATION: 'off' })
  const { person, user } = await registerPerson(auth)
  assert.deepEqual([user.email_verified, user.email_verification_due], [false, false])
  assert.equal((await requestLink(auth, 'verify-email/resend', person.email)).status, 202)
  assert.ok(!auth.lines.some(({ message }) => message === 'mail written'))
})
