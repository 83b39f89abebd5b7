import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ManagedUser } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { shareAdmin } from './share-admin.ts'
import { ask, engines, newPerson, registerPerson } from './test-auth.ts'

for (const engine of engines) {
  describe(`lists of accounts on ${engine}`, () => {
    const { open, get } = shareAdmin(engine)

    /** Accounts straight into the table: their names hold `mark`, so that other tests' accounts do not disturb. */
    async function addUsers(mark: string, count: number): Promise<void> {
      const { sql } = open().context
      for (let n = 0; n < count; n++) {
        const name = `${mark}-${String(n).padStart(2, '0')}`
        // Two and two are of one moment, and the moments lie within a millisecond.
        await sql.execute`
          insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id, created_at)
          values (${newId()}, ${`${name}@example.org`}, ${`${name}@example.org`}, ${name}, ${name}, 'Somebody', 'x', 'x',
            timestamptz '2026-01-01 00:00:00Z' + ${Math.floor(n / 2)} * interval '100 microseconds')`
      }
    }

    /** Has accounts used twice each, some at one moment and some within a millisecond. */
    const useAccounts = (names: string) => open().context.sql.execute`
      insert into sessions (session_id, user_id, network, salt, generation, rotated_at, last_used_at, idle_expires_at, absolute_expires_at)
      select gen_random_uuid(), user_id, '192.0.2.1', ${Buffer.alloc(16)}, 1, now(),
        created_at - nth * interval '1 day', now() + interval '1 day', now() + interval '1 day'
      from users, generate_series(1, 2) as nth where username_key like ${names}`

    /** Follows the cursors to the end. */
    async function listAll(query: string): Promise<ManagedUser[]> {
      const users: ManagedUser[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { status, data } = await get(`users?${query}${cursor && `&cursor=${cursor}`}`)
        assert.equal(status, 200)
        assert.equal(data.has_more, data.next_cursor !== null)
        users.push(...data.users)
        cursor = data.next_cursor
      }
      return users
    }

    test('pages of any size and order hold every account once, also those of one moment, while others come', async () => {
      const auth = open()
      await addUsers('paged', 11)
      await useAccounts('paged-0%')
      const names = Array.from({ length: 11 }, (_, n) => `paged-${String(n).padStart(2, '0')}`)
      for (const limit of [1, 3, 11, 100]) {
        for (const sort of ['created', 'username', 'last_used']) {
          const listed = await listAll(`q=PAGED&sort=${sort}&order=asc&limit=${limit}`)
          assert.deepEqual(listed.map(({ username }) => username).toSorted(), names, `${sort} by ${limit}`)
          const reversed = await listAll(`q=paged&sort=${sort}&order=desc&limit=${limit}`)
          assert.deepEqual(
            reversed.map(({ user_id }) => user_id).toReversed(),
            listed.map(({ user_id }) => user_id),
          )
          if (sort === 'last_used') {
            const times = listed.map(({ last_used_at }) => last_used_at ?? '')
            assert.deepEqual(times, times.toSorted())
            assert.equal(times.filter((time) => time === '').length, 1)
          }
          if (sort === 'username')
            assert.deepEqual(
              listed.map(({ username }) => username),
              names,
            )
        }
      }
      const { data } = await get('users?q=paged&limit=4')
      await addUsers('paged-later', 2)
      await auth.context.sql.execute`update users set created_at = now() where username_key like 'paged-later%'`
      const rest = (await get(`users?q=paged&limit=100&cursor=${data.next_cursor}`)).data.users
      assert.equal(rest.length, 7)
    })

    test('an account is found by a part of its username, display name or address, in any case and literally', async () => {
      const auth = open()
      const person = { ...newPerson(), display_name: 'Ünsal 100% O\\Brien_' }
      await ask(`${auth.address}/v1/auth/register`, { body: person })
      const [name = ''] = person.email.split('@')
      for (const q of [
        person.username.slice(2),
        name.toUpperCase(),
        'ünsal 100% o\\b'.replace('ü', 'Ü'),
        '0% O',
        'n_',
      ]) {
        const users = await listAll(`q=${encodeURIComponent(q)}&limit=100`)
        assert.ok(
          users.some(({ username, email }) => username === person.username && email === person.email),
          q,
        )
      }
      for (const q of ['1_0% O', '%', '\\%', "' or 1=1 --"]) {
        const users = await listAll(`q=${encodeURIComponent(q)}&limit=100`)
        assert.ok(q === '%' || users.length === 0, q)
      }
      const found = await get(`users?q=${person.username}`)
      assert.doesNotMatch(found.text, /password|pepper|hash/)
    })

    test('accounts are listed by their status, with the ban that is in force and when they were last used', async () => {
      const auth = open()
      const { sql } = auth.context
      await addUsers('state', 4)
      await sql.execute`update users set banned_at = now(), ban_reason = 'spam' where username = 'state-00'`
      await sql.execute`update users set banned_at = now(), banned_until = now() - interval '1 second' where username = 'state-01'`
      await sql.execute`update users set erasing_at = now() where username = 'state-02'`
      const byStatus = async (status: string) =>
        (await listAll(`q=state-&status=${status}`)).map(({ username }) => username)
      assert.deepEqual(await byStatus('banned'), ['state-00'])
      assert.deepEqual(await byStatus('erasing'), ['state-02'])
      assert.deepEqual((await byStatus('active')).toSorted(), ['state-01', 'state-03'])
      const [banned, expired] = await listAll('q=state-0&sort=username')
      assert.equal(banned?.ban?.reason, 'spam')
      assert.deepEqual([expired?.status, expired?.ban, expired?.last_used_at], ['active', null, null])
      const { user } = await registerPerson(auth)
      const [latest] = await listAll('sort=last_used&limit=1&q=p-').then((users) => users.slice(0, 1))
      assert.equal(latest?.user_id, user.user_id)
      assert.ok(Date.now() - Date.parse(latest?.last_used_at ?? '') < 10_000)
    })
  })
}
