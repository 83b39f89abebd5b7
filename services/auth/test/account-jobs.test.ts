import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { column } from '@secureconnect/sql'
import { suiteScope } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { listOwnAuditEvents } from '../src/stores/audit-events.ts'
import { guess } from './guesses.ts'
import {
  type Auth,
  ask,
  createPlatform,
  engines,
  goodPassword,
  newPerson,
  registerAdmin,
  registerPerson,
  startAuth,
  startAuthOn,
} from './test-auth.ts'

type Person = Awaited<ReturnType<typeof registerPerson>>
const Count = Type.Object({ count: column.integer })

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(20)
}

async function isErased({ context }: Auth, { user }: Person): Promise<boolean> {
  const { count } = await context.sql.one(Count)`select count(*) as count from users where user_id = ${user.user_id}`
  return count === 0
}

/** In how many rows of the database an id stands, by table; audit rows stay and hold ids only. */
async function findTraces({ context: { sql } }: Auth, id: string): Promise<string[]> {
  const tables = await sql.many(Type.Object({ name: column.text }))`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name not in ('audit_events', 'outbox')`
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await sql.runScript(`select 1 from ${name} as t where t::text like '%${id}%' limit 1`)
    if (JSON.stringify(rows).includes('?column?":1')) found.push(name)
  }
  return found
}

for (const engine of engines) {
  describe(`erasing and exporting on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
    })
    const url = (path: string) => `${auth.address}/v1/users/${path}`
    const erase = ({ access_token: token }: Person, body: unknown = { password: goodPassword }) =>
      ask(url('me'), { method: 'DELETE', token, body })
    const login = ({ email, password }: { email: string; password: string }) =>
      ask(`${auth.address}/v1/auth/login`, { body: { email, password } })
    const act = ({ access_token: token }: Person, method: string, path: string, body?: unknown) =>
      ask(url(path), { method, token, body })
    const ready = async (person: Person) => {
      await until(async () => (await act(person, 'GET', 'me/export')).data.state === 'ready')
      return (await act(person, 'GET', 'me/export')).data
    }

    test('an erased account is gone: sessions at once, every row soon after, and its names are free again', async () => {
      const ada = await registerPerson(auth)
      const bob = await registerPerson(auth)
      const second = (await login(ada.person)).data
      await act(ada, 'POST', `${bob.user.user_id}/friend`)
      await act(bob, 'POST', `me/friends/${ada.user.user_id}/accept`)
      await act(ada, 'POST', 'me/export')
      const before = await findTraces(auth, ada.user.user_id)
      for (const table of ['users', 'sessions', 'friendships', 'known_devices', 'account_jobs', 'user_search']) {
        assert.ok(before.includes(table), `${table} is not among ${before.join()}`)
      }
      const answer = await erase(ada, { password: goodPassword, messages: 'delete' })
      assert.equal(answer.status, 202)
      for (const { access_token: token, refresh_token } of [ada, second]) {
        assert.equal((await ask(url('me'), { token })).code, 'TOKEN_REVOKED')
        assert.equal((await ask(`${auth.address}/v1/auth/refresh`, { body: { refresh_token } })).status, 401)
      }
      await until(() => isErased(auth, ada))
      assert.deepEqual(await findTraces(auth, ada.user.user_id), [])
      assert.equal((await login(ada.person)).code, 'INVALID_CREDENTIALS')
      assert.deepEqual((await act(bob, 'GET', 'me/friends')).data.friends, [])
      assert.equal((await act(bob, 'GET', ada.user.user_id)).code, 'USER_NOT_FOUND')
      const again = await ask(`${auth.address}/v1/auth/register`, { body: ada.person })
      assert.equal(again.status, 201)
      assert.notEqual(again.data.user.user_id, ada.user.user_id)
      for (const action of ['erase', 'erased']) {
        const isIt = (line: object) => 'action' in line && line.action === action && 'user_id' in line
        assert.ok(
          auth.lines.some((line) => isIt(line) && line.user_id === ada.user.user_id),
          action,
        )
      }
    })

    test('a wrong password erases nothing, and guesses are bounded', async () => {
      const ada = await registerPerson(auth)
      const first = await erase(ada, { password: 'a wrong phrase' })
      assert.deepEqual([first.status, first.code], [401, 'INVALID_CREDENTIALS'])
      const codes = new Set<string>()
      for (let guess = 0; guess < 10; guess++) codes.add((await erase(ada, { password: `wrong phrase ${guess}` })).code)
      assert.ok(codes.has('ACCOUNT_LOCKED'), [...codes].join())
      assert.equal((await act(ada, 'GET', 'me')).status, 200)
    })

    test('an account is erased once, however often that is asked for at the same moment', async () => {
      const ada = await registerPerson(auth)
      const answers = await Promise.all([1, 2, 3].map(() => erase(ada)))
      assert.equal(answers.filter(({ status }) => status === 202).length, 1, answers.map(({ text }) => text).join())
      await until(() => isErased(auth, ada))
    })

    test('whoever signs in while the account goes is let in before, or refused as with a wrong password', async () => {
      const ada = await registerPerson(auth)
      const logins = Array.from({ length: 8 }, () => login(ada.person))
      const answers = await Promise.all([erase(ada), ...logins, ...logins.map(() => login(ada.person))])
      await until(() => isErased(auth, ada))
      const statuses = new Set(answers.slice(1).map(({ status, code }) => `${status} ${code ?? ''}`))
      for (const status of statuses)
        assert.match(status, /^(200 |401 INVALID_CREDENTIALS|429 ACCOUNT_LOCKED|503 CAPACITY)$/)
      for (const { data } of answers.slice(1)) {
        if (!data) continue
        const { access_token: token, refresh_token } = data
        assert.equal((await ask(url('me'), { token })).status, 401)
        assert.equal((await ask(`${auth.address}/v1/auth/refresh`, { body: { refresh_token } })).status, 401)
      }
    })

    test('what erasing may not be asked with is refused', async () => {
      const ada = await registerPerson(auth)
      const faults = [
        {},
        { password: '' },
        { password: 7 },
        { password: 'x'.repeat(10_000) },
        { password: goodPassword, messages: 'some' },
        { password: goodPassword, user_id: ada.user.user_id },
        [],
      ]
      for (const body of faults) assert.equal((await erase(ada, body)).status, 400, JSON.stringify(body).slice(0, 80))
      assert.equal((await act(ada, 'DELETE', 'me')).status, 400)
      assert.equal((await ask(url('me'), { method: 'DELETE', body: { password: goodPassword } })).status, 401)
      assert.equal((await erase(ada, { password: "ü%_';--\u0000" })).status, 401)
      assert.equal((await act(ada, 'GET', 'me')).status, 200)
    })

    test('an export is asked for, gets ready, and holds all that belongs to the account and nothing that proves it', async () => {
      const ada = await registerPerson(auth)
      const bob = await registerPerson(auth)
      const eve = await registerPerson(auth)
      const none = await act(ada, 'GET', 'me/export')
      assert.deepEqual([none.status, none.code], [404, 'NOT_FOUND'])
      assert.equal((await act(ada, 'GET', 'me/export/data')).status, 404)
      await act(ada, 'POST', `${bob.user.user_id}/friend`)
      await act(bob, 'POST', `me/friends/${ada.user.user_id}/accept`)
      await act(ada, 'POST', `${eve.user.user_id}/block`, { reason: 'was "rude"' })
      const asked = await act(ada, 'POST', 'me/export')
      assert.equal(asked.status, 202)
      const inOneDay = Date.parse(asked.data.expires_at) - Date.parse(asked.data.requested_at)
      assert.ok(Math.abs(inOneDay - 86_400_000) < 5_000)
      const { data_path, is_complete } = await ready(ada)
      assert.deepEqual([data_path, is_complete], ['/v1/users/me/export/data', true])
      const response = await fetch(`${auth.address}${data_path}`, {
        headers: { authorization: `Bearer ${ada.access_token}` },
      })
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
      assert.equal(response.headers.get('content-disposition'), 'attachment; filename="secureconnect-export.json"')
      assert.equal(response.headers.get('cache-control'), 'no-store')
      const text = await response.text()
      assert.doesNotMatch(text, /argon2|hash|salt|pepper|secret/)
      assert.ok(!text.includes(ada.refresh_token) && !text.includes(bob.user.email))
      const { user_id, sections } = JSON.parse(text)
      assert.equal(user_id, ada.user.user_id)
      const names =
        'conversations account former_addresses sessions devices friends friend_requests blocks audit_entries'
      assert.deepEqual(Object.keys(sections), names.split(' '))
      assert.equal(sections.account[0].email, ada.user.email)
      assert.equal(sections.sessions[0].session_id, ada.session_id)
      assert.equal(sections.devices.length, 1)
      assert.equal(sections.friends[0].user_id, bob.user.user_id)
      assert.deepEqual([sections.blocks[0].user_id, sections.blocks[0].reason], [eve.user.user_id, 'was "rude"'])
      assert.deepEqual(sections.friend_requests, [])
    })

    test('an export tells what its owner did and what was done to his account, but not what others decided', async () => {
      const [ada, bob] = [await registerPerson(auth), await registerPerson(auth)]
      const admin = await registerAdmin(auth)
      const { email, password } = ada.person
      const stranger = '198.51.100.7'
      for (let guesses = 0; guesses < 6; guesses++) await guess(auth, email, { from: stranger })
      await act(bob, 'POST', `${ada.user.user_id}/block`, {})
      const byAdmin = (what: string, body: object) =>
        ask(`${auth.address}/v1/admin/users/${what}`, {
          token: admin.access_token,
          body,
          headers: { 'x-forwarded-for': '192.0.2.99' },
        })
      const ban = { user_id: ada.user.user_id, reason: 'a mistake', permanent: true }
      assert.equal((await byAdmin('ban', ban)).status, 200)
      assert.equal((await byAdmin('unban', { user_id: ada.user.user_id })).status, 200)
      const again = { ...ada, ...(await guess(auth, email, { password })).data }
      await act(again, 'POST', 'me/export')
      await ready(again)
      const { answer, text } = await act(again, 'GET', 'me/export/data')
      type Entry = {
        timestamp: string
        resource: string
        action: string
        result: string
        reason: string
        client_ip: string
      }
      const entries: Entry[] = answer.sections.audit_entries
      assert.deepEqual(Object.keys(entries[0] ?? {}), [
        'timestamp',
        'resource',
        'action',
        'result',
        'reason',
        'client_ip',
      ])
      const times = entries.map(({ timestamp }) => timestamp)
      assert.deepEqual(times, [...times].sort().reverse())
      const find = (name: string) =>
        entries.find(({ resource, action, result }) => `${resource} ${action} ${result}` === name)
      assert.equal(find('user register allowed')?.client_ip, '127.0.0.1')
      assert.equal(find('session login denied')?.client_ip, stranger)
      for (const name of ['user ban allowed', 'user unban allowed', 'session revoke allowed']) {
        assert.equal(find(name)?.client_ip, null, name)
      }
      assert.ok(!entries.some(({ resource }) => resource === 'block'))
      assert.ok(!text.includes('192.0.2.99') && !text.includes(admin.user.user_id))
      const { sql } = auth.context
      assert.equal((await listOwnAuditEvents(sql, ada.user.user_id, 3)).length, 3)
    })

    test('one export a day: asked for again, also at the same moment, it is the same one', async () => {
      const ada = await registerPerson(auth)
      const answers = await Promise.all([1, 2, 3, 4].map(() => act(ada, 'POST', 'me/export')))
      assert.deepEqual([...new Set(answers.map(({ status, data }) => `${status} ${data.requested_at}`))].length, 1)
      const first = await ready(ada)
      assert.equal((await act(ada, 'POST', 'me/export')).data.requested_at, first.requested_at)
      const { sql } = auth.context
      await sql.execute`update account_jobs set expires_at = now() where user_id = ${ada.user.user_id}`
      assert.equal((await act(ada, 'GET', 'me/export')).status, 404)
      assert.equal((await act(ada, 'GET', 'me/export/data')).status, 404)
      const next = await act(ada, 'POST', 'me/export')
      assert.ok(next.status === 202 && next.data.requested_at > first.requested_at)
    })

    test('an export that is not ready has no data yet, and is nobody else’s', async () => {
      const ada = await registerPerson(auth)
      await act(ada, 'POST', 'me/export')
      await ready(ada)
      assert.equal((await act(await registerPerson(auth), 'GET', 'me/export/data')).status, 404)
      await auth.context.sql.execute`update account_jobs set finished_at = null where user_id = ${ada.user.user_id}`
      const early = await act(ada, 'GET', 'me/export/data')
      assert.deepEqual([early.status, early.code], [409, 'CONFLICT'])
      for (const path of ['me/export', 'me/export/data']) assert.equal((await ask(url(path))).status, 401)
      assert.equal((await act(ada, 'POST', 'me/export', { user_id: ada.user.user_id })).status, 202)
    })
  })
}

test('an erasure that was asked for right before the process died is done by the next one', async (t) => {
  const platform = await createPlatform(t, 'postgres')
  const dying = await startAuthOn(t, platform)
  const ada = await registerPerson(dying)
  // The process dies before it begins: what it would do waits under a lease of a process that is no more.
  const { sql } = dying.context
  await sql.execute`
    create function hold() returns trigger as 'begin new.holder = gen_random_uuid();
      new.lease_until = now() + interval ''1 hour''; return new; end' language plpgsql`
  await sql.execute`create trigger hold before insert on outbox for each row execute function hold()`
  const answer = await ask(`${dying.address}/v1/users/me`, {
    method: 'DELETE',
    token: ada.access_token,
    body: { password: goodPassword },
  })
  assert.equal(answer.status, 202)
  await dying.stop()
  const next = await startAuthOn(t, platform)
  assert.equal(await isErased(next, ada), false)
  const taken = await ask(`${next.address}/v1/auth/register`, { body: { ...newPerson(), email: ada.person.email } })
  assert.equal(taken.code, 'EMAIL_EXISTS')
  await next.context.sql.execute`drop trigger hold on outbox`
  await next.context.sql.execute`update outbox set lease_until = now() - interval '1 second'`
  await until(() => isErased(next, ada))
  const erased = next.lines.filter((line) => line.stream === 'audit' && line.action === 'erased')
  assert.equal(erased.length, 1)
})
