import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { newId } from '@secureconnect/sql'
import { suiteScope } from '@secureconnect/test/helpers'
import { type Auth, ask, engines, newPerson, registerPerson, startAuth } from './test-auth.ts'

for (const engine of engines) {
  describe(`people on ${engine}`, () => {
    let auth: Auth
    let me: Awaited<ReturnType<typeof registerPerson>>
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
      me = await registerPerson(auth)
    })
    const url = (path: string) => `${auth.address}${path}`
    const get = (path: string) => ask(url(path), { token: me.access_token })
    const search = (q: string, more: Record<string, string> = {}) =>
      get(`/v1/users/search?${new URLSearchParams({ q, ...more })}`)
    const add = async (display_name: string, username = newPerson().username): Promise<string> => {
      const { data } = await ask(url('/v1/auth/register'), { body: { ...newPerson(), display_name, username } })
      return data.user.user_id
    }
    const found = async (q: string): Promise<string[]> =>
      (await search(q)).data.users.map((user: { user_id: string }) => user.user_id)

    test('people are found by any part of their names, whatever its case and accents, and never by their address', async () => {
      const zoe = await add('Zoë Ünal-Straße', 'zo.unal')
      for (const q of ['zoë', 'ZOE', 'ünal', 'nal-str', 'STRASSE', 'zo.unal', '  oe   unal ', 'zo']) {
        assert.ok((await found(q)).includes(zoe), q)
      }
      assert.ok(!(await found('example.org')).includes(zoe))
      const banana = await add('Banana')
      assert.deepEqual([await found('nana'), await found('nanan')], [[banana], []])
      const { text, data } = await search('zoe')
      assert.doesNotMatch(text, /@|email|password|role|hash/i)
      assert.deepEqual(data.users[0], {
        user_id: zoe,
        username: 'zo.unal',
        display_name: 'Zoë Ünal-Straße',
        avatar_url: null,
        avatar_file_id: null,
      })
    })

    test('names with a word that begins with the text come first, and pages follow each other without a gap', async () => {
      const names = ['Quorum', 'Old quorum', 'Unquorum', 'The Quorumists', 'Aquorum']
      for (const [index, name] of names.entries()) await add(name, `quo-${index}`)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const { data } = await search('quorum', { limit: '2', ...(cursor !== undefined && { cursor }) })
        seen.push(...data.users.map((user: { display_name: string }) => user.display_name))
        cursor = data.next_cursor ?? undefined
        assert.equal(data.has_more, cursor !== undefined)
      } while (cursor !== undefined)
      assert.deepEqual(seen, ['Quorum', 'Old quorum', 'The Quorumists', 'Unquorum', 'Aquorum'])
    })

    test('what means something in a pattern or in SQL is text here', async () => {
      const percent = await add("100% o'clock_\\; drop table users")
      for (const q of ['0%', "o'c", 'k_', '_\\', '\\;', '; drop table']) assert.deepEqual(await found(q), [percent], q)
      for (const q of ['%%', '__', '%_%', "' or '1'='1", '\\\\']) assert.deepEqual(await found(q), [], q)
    })

    test('the banned, the erasing and those who block the caller are not found; whoever he blocks is', async () => {
      const { sql } = auth.context
      const [banned = '', pardoned = '', erasing = '', blocking = '', blocked = ''] = await Promise.all(
        ['1', '2', '3', '4', '5'].map((digit) => add(`Marzipan ${digit}`)),
      )
      const own = me.user.user_id
      await sql.execute`update users set banned_at = now() where user_id = ${banned}`
      await sql.execute`update users set banned_at = now(), banned_until = now() where user_id = ${pardoned}`
      await sql.execute`update users set erasing_at = now() where user_id = ${erasing}`
      await sql.execute`insert into blocks (user_id, blocked_id) values (${blocking}, ${own}), (${own}, ${blocked})`
      assert.deepEqual((await found('marzipan')).toSorted(), [pardoned, blocked].toSorted())
      const statuses = await Promise.all(
        [banned, blocking, erasing].map(async (id) => (await get(`/v1/users/${id}`)).status),
      )
      assert.deepEqual(statuses, [200, 200, 404])
    })

    test('a profile shows what is public, and an unknown account is not found', async () => {
      const id = await add('Ada Lovelace', 'ada-l')
      const { status, data } = await get(`/v1/users/${id}`)
      assert.equal(status, 200)
      assert.deepEqual(Object.keys(data).toSorted(), [
        'avatar_file_id',
        'avatar_url',
        'display_name',
        'user_id',
        'username',
      ])
      const unknown = await get(`/v1/users/${newId()}`)
      assert.deepEqual([unknown.status, unknown.code], [404, 'USER_NOT_FOUND'])
    })

    test('nothing found is an empty list', async () => {
      const { data } = await search('nobody is called so')
      assert.deepEqual(data, { users: [], next_cursor: null, has_more: false })
    })

    test('a search that cannot be meant is refused', async () => {
      for (const q of ['', 'a', '  ', ' a ', 'e\u0301', 'x'.repeat(101), 'a\u0000b', 'line\nbreak']) {
        const { status, code } = await search(q)
        assert.deepEqual([status, code], [400, 'VALIDATION_ERROR'], JSON.stringify(q))
      }
      assert.equal((await get('/v1/users/search')).status, 400)
      assert.equal((await search('ada', { email: 'x' })).status, 400)
      assert.equal((await search('ada', { limit: '0' })).status, 400)
      assert.equal((await search('ada', { limit: '101' })).status, 400)
      for (const place of ['nonsense', { place: 0, key: "x'" }, { place: 7, key: 'x' }, { key: 'x' }, null]) {
        const cursor = Buffer.from(JSON.stringify(place)).toString('base64url')
        assert.equal((await search('ada', { cursor })).code, 'INVALID_CURSOR')
      }
      for (const id of ['me2', '%27', 'A'.repeat(36)]) assert.equal((await get(`/v1/users/${id}`)).status, 400, id)
    })

    test('only who is signed in may look', async () => {
      for (const path of ['/v1/users/search?q=ada', `/v1/users/${newId()}`]) {
        assert.equal((await ask(url(path))).code, 'UNAUTHORIZED')
      }
    })
  })
}
