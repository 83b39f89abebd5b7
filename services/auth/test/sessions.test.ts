import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { sessions } from '@secureconnect/protocol'
import { column } from '@secureconnect/sql'
import { dropPastRevocations } from '@secureconnect/tokens'
import { Type } from 'typebox'
import { dropPastSessions } from '../src/stores/sessions.ts'
import { type Auth, ask, registerPerson, startAuth } from './test-auth.ts'

const IdRow = Type.Object({ session_id: column.id })
const unknownId = '0190a000-0000-7000-8000-000000000009'

// One after the other and before any test: the embedded database holds up the process while it starts.
const embedded = await startAuth({ after }, 'pglite')
const served = await startAuth({ after }, 'postgres')
describe('sessions on pglite', () => describeSessions(embedded))
describe('sessions on postgres', () => describeSessions(served))

function describeSessions(auth: Auth): void {
  const { sql } = auth.context
  const get = (path: string, token: string) => ask(`${auth.address}${path}`, { token })
  const post = (path: string, token: string, body?: unknown) =>
    ask(`${auth.address}${path}`, { method: 'POST', token, body })
  const end = (id: string, token: string) => ask(`${auth.address}/v1/auth/sessions/${id}`, { method: 'DELETE', token })
  const refresh = (refresh_token: string) => ask(`${auth.address}/v1/auth/refresh`, { body: { refresh_token } })

  /** Another session of the same person. */
  async function signIn({ email, password }: { email: string; password: string }, device_name?: string) {
    const { status, data } = await ask(`${auth.address}/v1/auth/login`, { body: { email, password, device_name } })
    assert.equal(status, 200)
    return data
  }

  async function assertEnded({ access_token, refresh_token }: { access_token: string; refresh_token: string }) {
    const { status, code } = await get('/v1/users/me', access_token)
    assert.deepEqual([status, code], [401, 'TOKEN_REVOKED'])
    assert.equal((await refresh(refresh_token)).code, 'INVALID_GRANT')
  }

  async function assertLive({ access_token }: { access_token: string }) {
    assert.equal((await get('/v1/users/me', access_token)).status, 200)
  }

  async function readCounter(name: string): Promise<number> {
    const text = await (await fetch(`${auth.address}/metrics`)).text()
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1])
  }

  test('a refresh token opens nothing but the next pair, and an access token is none', async () => {
    const { access_token, refresh_token } = await registerPerson(auth)
    const { status, code } = await get('/v1/users/me', refresh_token)
    assert.deepEqual([status, code], [401, 'UNAUTHORIZED'])
    assert.equal((await refresh(access_token)).code, 'INVALID_GRANT')
    assert.equal((await refresh(refresh_token)).status, 200)
  })

  test('a person sees who he is and with which session', async () => {
    const { access_token, session_id, user, person } = await registerPerson(auth)
    const { status, data } = await get('/v1/auth/profile', access_token)
    const { user_id, username, role } = user
    assert.deepEqual([status, data], [200, { user_id, email: person.email, username, role, session_id }])
  })

  test('he sees where he is signed in, newest first, and which of them is asking', async () => {
    const { person, ...first } = await registerPerson(auth)
    const second = await signIn(person, 'Ünïcode phone 📱')
    await registerPerson(auth)
    const { data } = await get('/v1/auth/sessions', first.access_token)
    const [newest, oldest, ...others] = data.sessions
    assert.deepEqual(others, [])
    const { created_at, last_used_at, ...known } = newest
    assert.deepEqual(known, {
      session_id: second.session_id,
      device_name: 'Ünïcode phone 📱',
      network: '127.0.0.1',
      is_current: false,
    })
    assert.ok(Date.parse(created_at) <= Date.parse(last_used_at))
    assert.deepEqual([oldest.session_id, oldest.device_name, oldest.is_current], [first.session_id, null, true])
  })

  test('a refresh counts as use, and what was left alone too long is no session any more', async () => {
    const { person, ...first } = await registerPerson(auth)
    const left = await signIn(person)
    const old = await signIn(person)
    await sql.execute`update sessions set last_used_at = now() - interval '1 day' where session_id = ${first.session_id}`
    await sql.execute`update sessions set idle_expires_at = now() where session_id = ${left.session_id}`
    await sql.execute`update sessions set absolute_expires_at = now() where session_id = ${old.session_id}`
    await refresh(first.refresh_token)
    const { data } = await get('/v1/auth/sessions', first.access_token)
    assert.deepEqual(
      data.sessions.map(({ session_id }: { session_id: string }) => session_id),
      [first.session_id],
    )
    assert.ok(Date.now() - Date.parse(data.sessions[0].last_used_at) < 60_000)
  })

  test('he ends one of his sessions: its tokens are worth nothing, the others go on', async () => {
    const { person, ...first } = await registerPerson(auth)
    const second = await signIn(person)
    const { status } = await end(second.session_id, first.access_token)
    assert.equal(status, 200)
    await assertEnded(second)
    await assertLive(first)
    const again = await end(second.session_id, first.access_token)
    assert.deepEqual([again.status, again.code], [404, 'NOT_FOUND'])
  })

  test("a stranger's session is not there for him, nor one that never was, and an id must be one", async () => {
    const { access_token } = await registerPerson(auth)
    const stranger = await registerPerson(auth)
    const foreign = await end(stranger.session_id, access_token)
    const unknown = await end(unknownId, access_token)
    assert.deepEqual([foreign.status, foreign.error], [404, unknown.error])
    await assertLive(stranger)
    for (const id of ['x', `${unknownId}0`, "'; drop table sessions; --", unknownId.toUpperCase()]) {
      const { status, code } = await end(encodeURIComponent(id), access_token)
      assert.deepEqual([status, code], [400, 'VALIDATION_ERROR'], id)
    }
  })

  test('signing out ends the session of the token, and to do so again, or many times at once, is fine', async () => {
    const { person, ...first } = await registerPerson(auth)
    const second = await signIn(person)
    const logoutsBefore = await readCounter('auth_logout_total')
    const endedBefore = await readCounter('auth_token_blacklisted_total')
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('/v1/auth/logout', first.access_token)))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    assert.equal((await post('/v1/auth/logout', first.access_token, {})).status, 200)
    await assertEnded(first)
    await assertLive(second)
    const ended = auth.lines.filter(
      ({ message, reason, user_id }) =>
        message === 'session ended' && reason === 'logout' && user_id === first.user.user_id,
    )
    assert.equal(ended.length, 1)
    assert.equal(await readCounter('auth_logout_total'), logoutsBefore + 1)
    assert.equal(await readCounter('auth_token_blacklisted_total'), endedBefore + 1)
    const endedRefreshes = await readCounter('auth_refresh_token_blacklisted_total')
    await refresh(first.refresh_token)
    assert.equal(await readCounter('auth_refresh_token_blacklisted_total'), endedRefreshes + 1)
  })

  test('signing out everywhere ends all sessions of the person, and nobody else is touched', async () => {
    const { person, ...first } = await registerPerson(auth)
    const second = await signIn(person)
    const stranger = await registerPerson(auth)
    assert.equal((await post('/v1/auth/logout-all', first.access_token)).status, 200)
    await assertEnded(first)
    await assertEnded(second)
    await assertLive(stranger)
    assert.equal((await post('/v1/auth/logout-all', first.access_token)).code, 'TOKEN_REVOKED')
    await assertLive(await signIn(person))
  })

  test('sessions past their end are dropped, and revocations once no token of theirs can live', async () => {
    const { person, ...stays } = await registerPerson(auth)
    const [past, ended] = [await signIn(person), await signIn(person)]
    await post('/v1/auth/logout', past.access_token)
    await post('/v1/auth/logout', ended.access_token)
    await sql.execute`update sessions set absolute_expires_at = now() where session_id = ${past.session_id}`
    await sql.execute`
      update revocations set created_at = now() - interval '1 hour' where session_id = ${past.session_id}`
    await dropPastSessions(sql)
    await dropPastRevocations(sql)
    const ids = [stays.session_id, past.session_id, ended.session_id]
    const left = await sql.many(
      IdRow,
    )`select session_id from sessions where session_id = any(${ids}) order by created_at`
    assert.deepEqual(
      left.map(({ session_id }) => session_id),
      [stays.session_id, ended.session_id],
    )
    const revoked = await sql.many(IdRow)`select session_id from revocations where session_id = any(${ids})`
    assert.deepEqual(revoked, [{ session_id: ended.session_id }])
    assert.equal((await refresh(past.refresh_token)).code, 'INVALID_GRANT')
  })

  test('whoever is not signed in, or no longer, learns and ends nothing', async () => {
    const { access_token } = await registerPerson(auth)
    await post('/v1/auth/logout', access_token)
    for (const { method, path, name } of Object.values(sessions)) {
      const url = `${auth.address}${path.replace(':session_id', unknownId)}`
      for (const token of [undefined, 'no-token', `${access_token}x`]) {
        const { status, code } = await ask(url, { method, ...(token && { token }) })
        assert.deepEqual([status, code], [401, 'UNAUTHORIZED'], name)
      }
      if (name === 'auth.logout') continue
      assert.equal((await ask(url, { method, token: access_token })).code, 'TOKEN_REVOKED', name)
    }
  })
}
