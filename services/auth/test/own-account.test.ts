import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { newId } from '@secureconnect/sql'
import { suiteScope } from '@secureconnect/test/helpers'
import { type Auth, ask, engines, registerPerson, startAuth } from './test-auth.ts'

/** A picture that somebody uploaded, without storage-service. */
async function createImage({ context }: Auth, ownerId: string, more: { type?: string; isEncrypted?: boolean } = {}) {
  const { type = 'image/png', isEncrypted = false } = more
  const fileId = newId()
  await context.sql.execute`
    insert into files (file_id, owner_id, content_type, is_encrypted)
    values (${fileId}, ${ownerId}, ${type}, ${isEncrypted})`
  return fileId
}

for (const engine of engines) {
  describe(`the own account on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
    })
    const me = () => `${auth.address}/v1/users/me`
    const patch = (token: string, body: unknown) => ask(me(), { method: 'PATCH', token, body })

    test('a new name is shown to everybody and found at once, the old one no more', async () => {
      const { access_token: token, user } = await registerPerson(auth)
      const search = async (q: string) =>
        (await ask(`${auth.address}/v1/users/search?q=${q}`, { token })).data.users.map(
          (found: { user_id: string }) => found.user_id,
        )
      await patch(token, { display_name: 'Before Xylophone' })
      assert.deepEqual(await search('xylophone'), [user.user_id])
      const { status, data } = await patch(token, { display_name: 'Åfter 🎻 Zither' })
      assert.equal(status, 200)
      assert.deepEqual([data.display_name, data.email], ['Åfter 🎻 Zither', user.email])
      assert.ok(data.updated_at > user.updated_at)
      assert.equal((await ask(me(), { token })).data.display_name, 'Åfter 🎻 Zither')
      assert.deepEqual([await search('xylophone'), await search('zither')], [[], [user.user_id]])
    })

    test('an avatar is a URL or a file: setting one clears the other, null clears it, anything else keeps it', async () => {
      const { access_token: token, user } = await registerPerson(auth)
      const avatar_url = 'https://cdn.example.org:8443/a/b.png?size=2&name=%C3%A9#x'
      const avatar_file_id = await createImage(auth, user.user_id)
      const steps: [object, string | null, string | null][] = [
        [{ avatar_url }, avatar_url, null],
        [{ display_name: 'Renamed' }, avatar_url, null],
        [{ avatar_file_id: null }, avatar_url, null],
        [{ avatar_file_id }, null, avatar_file_id],
        [{ avatar_url: null }, null, avatar_file_id],
        [{ avatar_file_id: null, avatar_url }, avatar_url, null],
        [{ avatar_url: null, avatar_file_id }, null, avatar_file_id],
        [{ avatar_url: null, avatar_file_id: null }, null, null],
      ]
      for (const [body, url, file] of steps) {
        const { status, data } = await patch(token, body)
        assert.deepEqual([status, data.avatar_url, data.avatar_file_id], [200, url, file], JSON.stringify(body))
      }
    })

    test("an avatar is one's own plain picture: of all other files one is told that there is none", async () => {
      const { access_token: token, user } = await registerPerson(auth)
      const stranger = await registerPerson(auth)
      const others = await Promise.all([
        newId(),
        createImage(auth, stranger.user.user_id),
        createImage(auth, user.user_id, { type: 'text/html' }),
        createImage(auth, user.user_id, { type: 'image/svg+xml' }),
        createImage(auth, user.user_id, { isEncrypted: true }),
      ])
      for (const avatar_file_id of others) {
        const { status, error } = await patch(token, { avatar_file_id })
        assert.deepEqual([status, error.code], [404, 'FILE_NOT_FOUND'])
      }
      assert.equal((await ask(me(), { token })).data.avatar_file_id, null)
    })

    test('a patch that names nothing changes nothing', async () => {
      const { access_token: token, user } = await registerPerson(auth)
      const { status, data } = await patch(token, {})
      assert.deepEqual([status, data.updated_at], [200, user.updated_at])
    })

    test('what an account may not hold is refused, and what only looks dangerous is kept as it is', async () => {
      const { access_token: token, user } = await registerPerson(auth)
      const faults: [unknown, string][] = [
        [{ display_name: '' }, 'display_name'],
        [{ display_name: '  ' }, 'display_name'],
        [{ display_name: 'x'.repeat(101) }, 'display_name'],
        [{ display_name: 'x'.repeat(10_000) }, 'display_name'],
        [{ display_name: 'a\u0000b' }, 'display_name'],
        [{ display_name: 'a\u001bb' }, 'display_name'],
        [{ display_name: null }, 'display_name'],
        [{ display_name: 7 }, 'display_name'],
        [{ avatar_url: 'http://example.org/a.png' }, 'avatar_url'],
        [{ avatar_url: 'javascript:alert(1)' }, 'avatar_url'],
        [{ avatar_url: 'https://user:pass@example.org/' }, 'avatar_url'],
        [{ avatar_url: 'https://example.org/a b' }, 'avatar_url'],
        [{ avatar_url: 'https://example.org/"><script>' }, 'avatar_url'],
        [{ avatar_url: 'https://' }, 'avatar_url'],
        [{ avatar_url: 'https://exämple.org/' }, 'avatar_url'],
        [{ avatar_url: `https://example.org/${'x'.repeat(2_048)}` }, 'avatar_url'],
        [{ avatar_file_id: 'x' }, 'avatar_file_id'],
        [{ avatar_file_id: 1 }, 'avatar_file_id'],
        [{ avatar_url: 'https://example.org/a.png', avatar_file_id: newId() }, 'avatar_file_id'],
        [{ email: 'other@example.org' }, 'email'],
        [{ role: 'admin' }, 'role'],
        [{ user_id: newId() }, 'user_id'],
        [{ username: 'other' }, 'username'],
        [[], ''],
      ]
      for (const [body, field] of faults) {
        const { status, error } = await patch(token, body)
        assert.equal(status, 400, JSON.stringify(body).slice(0, 100))
        assert.equal(error.details[0].field, field, JSON.stringify(body).slice(0, 100))
      }
      for (const display_name of [
        "'; drop table users; --",
        '<b>%_\\</b>',
        '名前 \u{1F468}\u200D\u{1F469}',
        '\u202Eabc',
      ]) {
        assert.equal((await patch(token, { display_name })).data.display_name, display_name)
      }
      assert.equal((await ask(me(), { token })).data.role, user.role)
    })

    test('patches at the same moment leave one avatar', async () => {
      const { access_token: token, user } = await registerPerson(auth)
      const avatar_file_id = await createImage(auth, user.user_id)
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          patch(token, index % 2 ? { avatar_url: 'https://example.org/a.png' } : { avatar_file_id }),
        ),
      )
      const { data } = await ask(me(), { token })
      assert.equal([data.avatar_url, data.avatar_file_id].filter((avatar) => avatar !== null).length, 1)
    })

    test('only who is signed in may change anything, and only until his session ends', async () => {
      const { access_token: token } = await registerPerson(auth)
      const body = { display_name: 'Nobody' }
      assert.equal((await ask(me(), { method: 'PATCH', body })).code, 'UNAUTHORIZED')
      await ask(`${auth.address}/v1/auth/logout`, { method: 'POST', token })
      assert.equal((await patch(token, body)).code, 'TOKEN_REVOKED')
    })
  })
}
