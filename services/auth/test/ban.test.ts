import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { accountNews } from '@secureconnect/account-jobs'
import { newId } from '@secureconnect/sql'
import { suiteScope } from '@secureconnect/test/helpers'
import { waitForQuiet } from './mailed-links.ts'
import { type Auth, ask, engines, registerAdmin, registerPerson, startAuth } from './test-auth.ts'

for (const engine of engines) {
  describe(`bans on ${engine}`, () => {
    let auth: Auth
    let admin: Awaited<ReturnType<typeof registerAdmin>>
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
      admin = await registerAdmin(auth)
    })
    const url = (path: string) => `${auth.address}${path}`
    const ban = (body: object) => ask(url('/v1/admin/users/ban'), { body, token: admin.access_token })
    const unban = (user_id: string) =>
      ask(url('/v1/admin/users/unban'), { body: { user_id }, token: admin.access_token })
    const login = ({ email, password }: { email: string; password: string }) =>
      ask(url('/v1/auth/login'), { body: { email, password } })
    const refresh = (refresh_token: string) => ask(url('/v1/auth/refresh'), { body: { refresh_token } })

    test('a ban ends every session at once, and tells its reason and end to who proves that it is his account', async () => {
      const first = await registerPerson(auth)
      const { user_id } = first.user
      const second = (await login(first.person)).data
      const { status, data } = await ban({ user_id, reason: 'sold fake tickets', duration_hours: 24 })
      assert.equal(status, 200)
      const inOneDay = Date.now() + 24 * 3_600_000
      assert.ok(Math.abs(Date.parse(data.ban.banned_until) - inOneDay) < 10_000)
      // Chat takes him out of encrypted conversations.
      await waitForQuiet(auth)
      assert.ok(auth.told.has(`${accountNews.banned} ${user_id}`))
      for (const { access_token } of [first, second]) {
        assert.equal((await ask(url('/v1/users/me'), { token: access_token })).code, 'TOKEN_REVOKED')
      }
      const refusals = [
        await login(first.person),
        await refresh(first.refresh_token),
        await refresh(second.refresh_token),
      ]
      for (const { status, code, error } of refusals) {
        assert.deepEqual([status, code], [403, 'ACCOUNT_BANNED'])
        assert.ok(error.message.includes('sold fake tickets') && error.message.includes(data.ban.banned_until))
      }
      const stranger = await login({ ...first.person, password: 'a wrong phrase' })
      assert.deepEqual([stranger.status, stranger.code], [401, 'INVALID_CREDENTIALS'])
      const bytes = Buffer.from(first.refresh_token, 'base64url')
      bytes.writeUInt8(bytes.readUInt8(51) ^ 1, 51)
      assert.equal((await refresh(bytes.toString('base64url'))).code, 'INVALID_GRANT')
    })

    test('a ban for good has no end until it is lifted, and then the old sessions stay ended', async () => {
      const { user, person, refresh_token } = await registerPerson(auth)
      const { user_id } = user
      assert.equal((await ban({ user_id, reason: 'spam', permanent: true })).data.ban.banned_until, null)
      assert.match((await login(person)).error.message, /for good: spam/)
      const lifted = await unban(user_id)
      assert.deepEqual([lifted.status, lifted.data], [200, { user_id, ban: null }])
      assert.equal((await login(person)).status, 200)
      assert.equal((await refresh(refresh_token)).code, 'INVALID_GRANT')
      assert.equal((await unban(user_id)).status, 200)
    })

    test('a second ban replaces the first, and a ban whose time has come ends by itself', async () => {
      const { user, person } = await registerPerson(auth)
      const { user_id } = user
      await ban({ user_id, reason: 'first reason', permanent: true })
      const { data } = await ban({ user_id, reason: 'second reason', duration_hours: 1 })
      assert.equal(data.ban.reason, 'second reason')
      assert.match((await login(person)).error.message, /second reason/)
      await auth.context.sql.execute`
        update users set banned_until = now() - interval '1 second' where user_id = ${user_id}`
      assert.equal((await login(person)).status, 200)
    })

    test('an administrator cannot be banned, not even by himself', async () => {
      const { user } = await registerAdmin(auth)
      for (const user_id of [user.user_id, admin.user.user_id]) {
        const { status, code } = await ban({ user_id, reason: 'a quarrel', permanent: true })
        assert.deepEqual([status, code], [409, 'CONFLICT'])
      }
      assert.equal((await ask(url('/v1/users/me'), { token: admin.access_token })).status, 200)
    })

    test('a ban that is not one is refused, naming the field', async () => {
      const { user } = await registerPerson(auth)
      const good = { user_id: user.user_id, reason: 'a reason', duration_hours: 1 }
      const faults: [object, string][] = [
        [{ duration_hours: undefined }, 'duration_hours'],
        [{ permanent: true }, 'duration_hours'],
        [{ duration_hours: undefined, permanent: false }, 'duration_hours'],
        [{ duration_hours: 0 }, 'duration_hours'],
        [{ duration_hours: 8_761 }, 'duration_hours'],
        [{ duration_hours: 1.5 }, 'duration_hours'],
        [{ duration_hours: '1' }, 'duration_hours'],
        [{ reason: 'no' }, 'reason'],
        [{ reason: 'x'.repeat(501) }, 'reason'],
        [{ reason: 'two\nlines' }, 'reason'],
        [{ reason: undefined }, 'reason'],
        [{ user_id: 'somebody' }, 'user_id'],
        [{ until: '2030-01-01' }, 'until'],
      ]
      for (const [change, field] of faults) {
        const { status, error } = await ban({ ...good, ...change })
        assert.equal(status, 400, JSON.stringify(change))
        assert.deepEqual(
          error.details.map((fault: { field: string }) => fault.field),
          [field],
        )
      }
      assert.equal((await ban({ ...good, duration_hours: 8_760, permanent: false })).status, 200)
      for (const answer of [await ban({ ...good, user_id: newId() }), await unban(newId())]) {
        assert.deepEqual([answer.status, answer.code], [404, 'USER_NOT_FOUND'])
      }
    })

    test('a login under way while the ban comes gives no session that outlives it', async () => {
      const { user, person } = await registerPerson(auth)
      const { user_id } = user
      const logins = Array.from({ length: 6 }, () => login(person))
      const banned = await ban({ user_id, reason: 'abuse', permanent: true })
      assert.equal(banned.status, 200)
      for (const { status, data } of await Promise.all(logins)) {
        assert.ok([200, 403].includes(status))
        if (status === 200) {
          assert.equal((await ask(url('/v1/users/me'), { token: data.access_token })).code, 'TOKEN_REVOKED')
        }
      }
    })

    test('both acts are in the audit log with who did them and to whom, and without the words of the reason', async () => {
      const { user } = await registerPerson(auth)
      const { user_id } = user
      await ban({ user_id, reason: 'canary words', permanent: true })
      await unban(user_id)
      const acts = auth.lines.filter((line) => line.stream === 'audit' && line.target_id === user_id)
      assert.deepEqual(
        acts.map(({ user_id: by, resource, action, result }) => [by, resource, action, result]),
        [
          [admin.user.user_id, 'user', 'ban', 'allowed'],
          [admin.user.user_id, 'user', 'unban', 'allowed'],
        ],
      )
      assert.ok(!JSON.stringify(auth.lines).includes('canary words'))
    })
  })
}
