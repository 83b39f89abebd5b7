import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { writeHealth } from '@secureconnect/directory'
import type { AuditEntry, ManagedUser } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { suiteScope } from '@secureconnect/test/helpers'
import { type Auth, ask, type Engine, newPerson, registerAdmin, registerPerson, startAuth } from './test-auth.ts'

for (const engine of ['pglite', 'postgres'] satisfies Engine[]) {
  describe(`administration on ${engine}`, () => {
    let auth: Auth
    let token: string
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
      token = (await registerAdmin(auth)).access_token
    })
    const get = (path: string) => ask(`${auth.address}/v1/admin/${path}`, { token })
    const getStats = async () => (await get('stats')).data

    /** Accounts straight into the table: their names hold `mark`, so that other tests' accounts do not disturb. */
    async function addUsers(mark: string, count: number): Promise<void> {
      const { sql } = auth.context
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
    const useAccounts = (names: string) => auth.context.sql.execute`
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

    test('the numbers are those of the database', async () => {
      const before = await getStats()
      const people = [await registerPerson(auth), await registerPerson(auth), await registerPerson(auth)]
      const [first, second, third] = people.map(({ user }) => user.user_id)
      const { sql } = auth.context
      await sql.execute`update users set created_at = now() - interval '2 days' where user_id = ${first ?? ''}`
      await sql.execute`update users set created_at = now() - interval '8 days', email_verified_at = now() where user_id = ${second ?? ''}`
      await sql.execute`update users set banned_at = now(), banned_until = now() - interval '1 second' where user_id = ${second ?? ''}`
      await sql.execute`update users set banned_at = now() where user_id = ${third ?? ''}`
      await sql.execute`update sessions set idle_expires_at = now() - interval '1 second' where user_id = ${first ?? ''}`
      const after = await getStats()
      const grown = (part: 'users' | 'sessions') =>
        Object.fromEntries(Object.keys(after[part]).map((name) => [name, after[part][name] - before[part][name]]))
      assert.deepEqual(grown('users'), { total: 3, new_24h: 1, new_7d: 2, verified: 1, banned: 1 })
      assert.deepEqual(grown('sessions'), { live: 2 })
    })

    test('what running processes count is added up, and each service is as well as they are', async () => {
      const { sql } = auth.context
      const row = { service: 'chat-service', status: 'healthy', checks: {}, counts: { sockets: 2 } } as const
      await writeHealth(sql, { ...row, instance: 'one' })
      await writeHealth(sql, { ...row, instance: 'two', counts: { sockets: 3 } })
      await writeHealth(sql, { ...row, instance: 'gone', counts: { sockets: 100 } })
      await sql.execute`update service_health set seen_at = now() - interval '16 seconds' where instance = 'gone'`
      assert.deepEqual((await getStats()).services['chat-service'], { sockets: 5 })
      const check = { status: 'down', required: false, error: 'refused' } as const
      const chat = async () => {
        const { data } = await get('health')
        return data.services.find(({ service }: { service: string }) => service === 'chat-service')
      }
      const statuses = ({ instances }: { instances: { instance: string; status: string }[] }) =>
        Object.fromEntries(instances.map(({ instance, status }) => [instance, status]))
      const well = await chat()
      assert.equal(well.status, 'healthy')
      assert.deepEqual(statuses(well), { gone: 'unknown', one: 'healthy', two: 'healthy' })
      await writeHealth(sql, { ...row, instance: 'one', status: 'degraded', checks: { redis: check } })
      const ill = await chat()
      assert.equal(ill.status, 'degraded')
      assert.deepEqual(ill.instances.find(({ instance }: { instance: string }) => instance === 'one').checks, {
        redis: check,
      })
      await sql.execute`update service_health set seen_at = now() - interval '16 seconds' where service = 'chat-service'`
      assert.equal((await chat()).status, 'unknown')
      const { data } = await get('health')
      assert.deepEqual(
        data.services.map(({ service }: { service: string }) => service),
        ['api-gateway', 'auth-service', 'chat-service', 'video-service', 'storage-service'],
      )
      assert.deepEqual(data.services[0], { service: 'api-gateway', status: 'unknown', instances: [] })
      assert.deepEqual(data.services.at(-1), { service: 'storage-service', status: 'unknown', instances: [] })
    })

    test('the gateway, which has no database, is as well as it tells the others by Redis', async () => {
      const { kv } = auth.context
      const told = { instance: 'gateway-1', seen_at: new Date().toISOString(), checks: {} }
      const tell = (instance: string, status: string) =>
        kv.set(`health:api-gateway:${instance}`, JSON.stringify({ ...told, instance, status }), { ttlMs: 15_000 })
      await kv.addToSet('health:api-gateway', ['gateway-1', 'gateway-2'], { ttlMs: 15_000 })
      await tell('gateway-1', 'healthy')
      await tell('gateway-2', 'degraded')
      const [gateway] = (await get('health')).data.services
      assert.deepEqual([gateway.service, gateway.status, gateway.instances.length], ['api-gateway', 'degraded', 2])
      await kv.delete('health:api-gateway:gateway-2')
      const { data } = await get('health')
      assert.deepEqual(data.services[0], {
        service: 'api-gateway',
        status: 'healthy',
        instances: [{ ...told, status: 'healthy' }],
      })
      await kv.delete('health:api-gateway', 'health:api-gateway:gateway-1')
    })

    test('pages of any size and order hold every account once, also those of one moment, while others come', async () => {
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

    test('the audit log is read newest first, whole, and narrowed by every filter', async () => {
      const { sql } = auth.context
      const [user, target] = [newId(), newId()]
      const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, Math.floor(n / 2)))
      for (let n = 0; n < 9; n++) {
        await sql.execute`
          insert into audit_events (event_id, occurred_at, service, user_id, resource, action, target_id, result)
          values (${newId()}, ${at(n)}, ${n < 3 ? 'chat-service' : 'auth-service'}, ${user}, ${n % 2 ? 'file' : 'call'}, 'read', ${n === 4 ? target : null}, ${n % 3 ? 'allowed' : 'denied'})`
      }
      const list = async (query: string): Promise<AuditEntry[]> =>
        (await get(`audit-logs?user_id=${user}&${query}`)).data.entries
      const whole = await list('limit=100')
      assert.equal(whole.length, 9)
      assert.deepEqual(
        whole.map(({ timestamp }) => timestamp),
        whole
          .map(({ timestamp }) => timestamp)
          .toSorted()
          .toReversed(),
      )
      const paged: AuditEntry[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { data } = await get(`audit-logs?user_id=${user}&limit=2${cursor && `&cursor=${cursor}`}`)
        paged.push(...data.entries)
        cursor = data.next_cursor
      }
      assert.deepEqual(paged, whole)
      const counts = {
        'resource=file': 4,
        'action=read': 9,
        'action=write': 0,
        'result=denied': 3,
        'service=chat-service': 3,
        [`target_id=${target}`]: 1,
        [`from=${at(4).toISOString()}`]: 5,
        [`to=${at(4).toISOString()}`]: 4,
        [`from=${at(2).toISOString()}&to=${at(4).toISOString()}&result=allowed`]: 1,
      }
      for (const [query, count] of Object.entries(counts)) assert.equal((await list(query)).length, count, query)
      const all = await get('audit-logs?resource=user&action=register&limit=1')
      assert.equal(all.data.entries[0].result, 'allowed')
    })

    test('what a list cannot be asked for is refused', async () => {
      const cursorOf = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
      const id = newId()
      const faults = [
        ['users?sort=password_hash', 'VALIDATION_ERROR'],
        ['users?order=up', 'VALIDATION_ERROR'],
        ['users?status=online', 'VALIDATION_ERROR'],
        ['users?limit=101', 'VALIDATION_ERROR'],
        ['users?q=', 'VALIDATION_ERROR'],
        ['users?q=%00', 'VALIDATION_ERROR'],
        ['users?page=2', 'VALIDATION_ERROR'],
        ['users?q=a&q=b', 'VALIDATION_ERROR'],
        ['users?cursor=x', 'INVALID_CURSOR'],
        [`users?cursor=${cursorOf({ key: 'a\u0000', id })}`, 'INVALID_CURSOR'],
        [`users?cursor=${cursorOf({ key: 'a', id: "'" })}`, 'INVALID_CURSOR'],
        [`audit-logs?cursor=${cursorOf({ at: 'now', id })}`, 'INVALID_CURSOR'],
        ['audit-logs?user_id=me', 'VALIDATION_ERROR'],
        ['audit-logs?from=2026-13-01T00:00:00.000Z', 'VALIDATION_ERROR'],
        ['audit-logs?from=0000-01-01T00:00:00.000Z', 'VALIDATION_ERROR'],
        ['audit-logs?result=maybe', 'VALIDATION_ERROR'],
      ] as const
      for (const [path, code] of faults) {
        const answer = await get(path)
        assert.deepEqual([answer.status, answer.code], [400, code], path)
      }
      const noSuchDay = '2026-02-31T00:00:00.000Z'
      assert.equal((await get(`audit-logs?to=${noSuchDay}&cursor=${cursorOf({ at: noSuchDay, id })}`)).status, 200)
    })

    test('whoever looks at accounts or the audit log is recorded himself', async () => {
      await get('users')
      await get('audit-logs')
      const acts = auth.lines.filter(({ stream, action }) => stream === 'audit' && action === 'list').slice(-2)
      assert.deepEqual(
        acts.map(({ resource, result }) => [resource, result]),
        [
          ['users', 'allowed'],
          ['audit', 'allowed'],
        ],
      )
    })

    test('an administrator is one by the database and not by his token', async () => {
      const person = await registerPerson(auth)
      const { sql } = auth.context
      const stats = () => ask(`${auth.address}/v1/admin/stats`, { token: person.access_token })
      assert.deepEqual([(await stats()).status, (await stats()).code], [403, 'FORBIDDEN'])
      await sql.execute`update users set role = 'admin' where user_id = ${person.user.user_id}`
      assert.equal((await stats()).status, 200)
      const { data } = await ask(`${auth.address}/v1/auth/refresh`, { body: { refresh_token: person.refresh_token } })
      await sql.execute`update users set role = 'user' where user_id = ${person.user.user_id}`
      assert.equal((await ask(`${auth.address}/v1/admin/stats`, { token: data.access_token })).status, 403)
    })
  })
}
