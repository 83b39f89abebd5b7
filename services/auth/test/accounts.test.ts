import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { readJson, suiteScope } from '@secureconnect/test/helpers'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { type Auth, ask, engines, goodPassword, newPerson, registerPerson, startAuth } from './test-auth.ts'

for (const engine of engines) {
  describe(`accounts on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
    })
    const url = (path: string) => `${auth.address}${path}`

    test('a new account is signed in at once and can be read with its token', async () => {
      const person = newPerson()
      const registered = await ask(url('/v1/auth/register'), { body: person })
      assert.equal(registered.status, 201)
      assert.equal(registered.headers.get('cache-control'), 'no-store')
      const { user, access_token, refresh_token, token_type, expires_in, session_id } = registered.data
      assert.deepEqual([token_type, expires_in], ['Bearer', 900])
      assert.ok(refresh_token && session_id)
      assert.equal(user.email, person.email)
      assert.equal(user.email_verified, false)
      const me = await ask(url('/v1/users/me'), { token: access_token })
      assert.equal(me.status, 200)
      assert.deepEqual({ ...me.data, status: 0 }, { ...user, status: 0 })
      assert.doesNotMatch(me.text, /password|pepper/)
    })

    test('an address or a username is taken in any case, and 20 who want it at once get one account', async () => {
      const { person } = await registerPerson(auth)
      const sameEmail = { ...newPerson(), email: person.email.toUpperCase() }
      const sameName = { ...newPerson(), username: person.username.toUpperCase() }
      assert.equal((await ask(url('/v1/auth/register'), { body: sameEmail })).code, 'EMAIL_EXISTS')
      assert.equal((await ask(url('/v1/auth/register'), { body: sameName })).code, 'USERNAME_EXISTS')
      const wanted = newPerson()
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => ask(url('/v1/auth/register'), { body: wanted })),
      )
      const statuses = answers.map(({ status }) => status)
      assert.equal(statuses.filter((status) => status === 201).length, 1, statuses.join())
      assert.ok(
        statuses.every((status) => [201, 409, 503].includes(status)),
        statuses.join(),
      )
    })

    test('what a registration may not hold is refused with the field and the reason', async () => {
      const faults: [object, string][] = [
        [{ email: undefined }, 'email'],
        [{ email: 'no-at-sign' }, 'email'],
        [{ email: 'a@b' }, 'email'],
        [{ email: 'a b@example.org' }, 'email'],
        [{ email: 'a@example.org\r\nBcc: b@example.org' }, 'email'],
        [{ email: `${'a'.repeat(250)}@example.org` }, 'email'],
        [{ username: 'ab' }, 'username'],
        [{ username: 'with space' }, 'username'],
        [{ username: 'x'.repeat(31) }, 'username'],
        [{ username: 'ünïcode' }, 'username'],
        [{ display_name: '' }, 'display_name'],
        [{ display_name: '   ' }, 'display_name'],
        [{ display_name: 'x'.repeat(101) }, 'display_name'],
        [{ display_name: 'line\nbreak' }, 'display_name'],
        [{ password: 'short12' }, 'password'],
        [{ password: 'password1' }, 'password'],
        [{ password: 'QWERTYUIOP' }, 'password'],
        [{ password: 'é'.repeat(129) }, 'password'],
        [{ password: 12345678 }, 'password'],
        [{ role: 'admin' }, 'role'],
        [{ user_id: '0190a000-0000-7000-8000-000000000001' }, 'user_id'],
      ]
      for (const [change, field] of faults) {
        const { status, error } = await ask(url('/v1/auth/register'), { body: { ...newPerson(), ...change } })
        assert.equal(status, 400, JSON.stringify(change))
        assert.deepEqual(
          error.details.map((fault: { field: string }) => fault.field),
          [field],
        )
      }
      const person = newPerson()
      const ownName = await ask(url('/v1/auth/register'), { body: { ...person, password: `my ${person.username} 99` } })
      assert.match(ownName.text, /contains your e-mail address or username/)
      const eve = { ...person, username: 'eve', email: 'eve@example.org', password: 'seven quiet harbours' }
      assert.equal((await ask(url('/v1/auth/register'), { body: eve })).status, 201)
    })

    test('one signs in by address or username, in any case and however the password was typed', async () => {
      const person = { ...newPerson(), password: 'Ünder quiet ﬁelds' }
      await ask(url('/v1/auth/register'), { body: person })
      const { email, username } = person
      const password = 'Ünder quiet fields'.normalize('NFD')
      for (const name of [{ email }, { email: email.toUpperCase() }, { username }, { email: username }]) {
        const { status, data } = await ask(url('/v1/auth/login'), {
          body: { ...name, password, device_name: 'A phone' },
        })
        assert.equal(status, 200, JSON.stringify(name))
        assert.equal(data.user.username, username)
        assert.equal(data.user.status, 'online')
      }
    })

    test('a wrong password and an unknown account are told alike', async () => {
      const { person } = await registerPerson(auth)
      const wrong = await ask(url('/v1/auth/login'), { body: { email: person.email, password: 'another phrase' } })
      const unknown = await ask(url('/v1/auth/login'), { body: { email: newPerson().email, password: goodPassword } })
      assert.deepEqual([wrong.status, wrong.code], [401, 'INVALID_CREDENTIALS'])
      assert.deepEqual({ ...wrong.answer, meta: 0 }, { ...unknown.answer, meta: 0 })
      assert.equal((await ask(url('/v1/auth/login'), { body: { password: goodPassword } })).status, 400)
    })

    test('the public keys verify our tokens for a stranger, and are cacheable', async () => {
      const { access_token } = await registerPerson(auth)
      const keys = createRemoteJWKSet(new URL(url('/.well-known/jwks.json')))
      const { protectedHeader, payload } = await jwtVerify(access_token, keys, {
        issuer: 'secureconnect-auth',
        audience: 'secureconnect-api',
        typ: 'at+jwt',
        algorithms: ['ES256'],
      })
      assert.ok(protectedHeader.kid)
      assert.equal(Number(payload.exp) - Number(payload.iat), 900)
      const first = await fetch(url('/v1/auth/jwks.json'))
      assert.equal(first.headers.get('cache-control'), 'public, max-age=300')
      assert.deepEqual(Object.keys((await readJson(first)).keys[0]).toSorted(), [
        'alg',
        'crv',
        'kid',
        'kty',
        'use',
        'x',
        'y',
      ])
      const etag = first.headers.get('etag') ?? ''
      const again = await fetch(url('/v1/auth/jwks.json'), { headers: { 'if-none-match': etag } })
      assert.equal(again.status, 304)
      assert.equal(await again.text(), '')
    })

    test('no password, token or key reaches the log or the database', async () => {
      const signedIn = await registerPerson(auth)
      const wrong = 'canary wrong password'
      await ask(url('/v1/auth/login'), { body: { email: signedIn.person.email, password: wrong } })
      await ask(url('/v1/auth/refresh'), { body: { refresh_token: signedIn.refresh_token } })
      const log = JSON.stringify(auth.lines)
      const [, , signature = 'none'] = signedIn.access_token.split('.')
      for (const canary of [goodPassword, wrong, signedIn.refresh_token, signature]) {
        assert.ok(!log.includes(canary))
      }
      assert.ok(log.includes('"operation":"auth.login"'))
    })
  })
}
