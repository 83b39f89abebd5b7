import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { lifetimes, type Tokens } from '@secureconnect/protocol'
import { type Auth, ask, registerPerson, startAuth } from './test-auth.ts'

const start = (t: TestContext) => startAuth(t, 'postgres')

function refresh({ address }: Auth, refresh_token: string) {
  return ask(`${address}/v1/auth/refresh`, { body: { refresh_token } })
}

async function refreshed(auth: Auth, token: string): Promise<Required<Tokens>> {
  const { status, data } = await refresh(auth, token)
  assert.equal(status, 200)
  return data
}

const millisecondsAgo = (ms: number) => new Date(Date.now() - ms)

test('a refresh token gives the next pair, and the one before it the same child for ten seconds', async (t) => {
  const auth = await start(t)
  const { refresh_token: first } = await registerPerson(auth)
  const second = await refreshed(auth, first)
  assert.notEqual(second.refresh_token, first)
  const again = await refreshed(auth, first)
  assert.equal(again.refresh_token, second.refresh_token)
  const third = await refreshed(auth, second.refresh_token)
  assert.equal((await ask(`${auth.address}/v1/users/me`, { token: third.access_token })).status, 200)
})

test('50 refreshes with one token at once give one child and log nobody out', async (t) => {
  const auth = await start(t)
  const { refresh_token: first } = await registerPerson(auth)
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(auth, first)))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  const children = new Set(answers.map(({ data }) => data.refresh_token))
  assert.equal(children.size, 1)
  const [child = ''] = children
  await refreshed(auth, child)
})

test('a token that was used two generations ago ends the session for everybody, and its owner is told', async (t) => {
  const auth = await start(t)
  const { refresh_token: first, access_token, person } = await registerPerson(auth)
  const second = await refreshed(auth, first)
  const third = await refreshed(auth, second.refresh_token)
  const reuse = await refresh(auth, first)
  assert.deepEqual([reuse.status, reuse.code], [401, 'INVALID_GRANT'])
  assert.equal((await refresh(auth, third.refresh_token)).code, 'INVALID_GRANT')
  const { address, lines } = auth
  for (const token of [access_token, third.access_token]) {
    const { status, code } = await ask(`${address}/v1/users/me`, { token })
    assert.deepEqual([status, code], [401, 'TOKEN_REVOKED'])
  }
  assert.ok(
    lines.some((line) => line.stream === 'audit' && line.action === 'revoke' && line.reason === 'refresh_token_reuse'),
  )
  const metrics = await (await fetch(`${address}/metrics`)).text()
  assert.match(metrics, /^auth_refresh_token_reuse_total\{[^}]*\} 1$/m)
  const written = await auth.line(({ message }) => message === 'mail written')
  const mail = readFileSync(String(written.file), 'utf8')
  assert.ok(mail.toLowerCase().includes(person.email.toLowerCase()))
})

test('the one before, after ten seconds, is reuse', async (t) => {
  const auth = await start(t)
  const { refresh_token: first, session_id } = await registerPerson(auth)
  const second = await refreshed(auth, first)
  await auth.context.sql.execute`
    update sessions set rotated_at = ${millisecondsAgo(lifetimes.refreshReplayMs + 1_000)} where session_id = ${session_id}`
  assert.equal((await refresh(auth, first)).status, 401)
  assert.equal((await refresh(auth, second.refresh_token)).status, 401)
})

test('an answer that got lost is given again, however late, to who has the key of the first time', async (t) => {
  const auth = await start(t)
  const { refresh_token: first, session_id } = await registerPerson(auth)
  const askWith = (key: string, refresh_token: string) =>
    ask(`${auth.address}/v1/auth/refresh`, { body: { refresh_token }, headers: { 'idempotency-key': key } })
  const { data: second } = await askWith('of-the-first-time', first)
  const past = millisecondsAgo(lifetimes.refreshReplayMs + 1_000)
  await auth.context.sql.execute`update sessions set rotated_at = ${past} where session_id = ${session_id}`
  const again = await askWith('of-the-first-time', first)
  assert.deepEqual([again.status, again.data.refresh_token], [200, second.refresh_token])
  assert.equal((await askWith('guessed-by-somebody', first)).code, 'INVALID_GRANT')
  assert.equal((await refresh(auth, second.refresh_token)).code, 'INVALID_GRANT')
})

test('a key that is none is refused, and the token stays good', async (t) => {
  const auth = await start(t)
  const { refresh_token } = await registerPerson(auth)
  for (const key of ['short', 'x'.repeat(65), 'with a\ttab in it']) {
    const headers = { 'idempotency-key': key }
    assert.equal((await ask(`${auth.address}/v1/auth/refresh`, { body: { refresh_token }, headers })).status, 400, key)
  }
  await refreshed(auth, refresh_token)
})

test('a forged or broken token is refused and ends nothing', async (t) => {
  const auth = await start(t)
  const { refresh_token: good } = await registerPerson(auth)
  const { refresh_token: foreign } = await registerPerson(auth)
  const bytes = Buffer.from(good, 'base64url')
  const changed = (at: number) => {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] ?? 0) ^ 1
    return copy.toString('base64url')
  }
  const mixed = Buffer.concat([bytes.subarray(0, 20), Buffer.from(foreign, 'base64url').subarray(20)]).toString(
    'base64url',
  )
  const forgeries = [
    changed(0),
    changed(19),
    changed(51),
    mixed,
    good.slice(0, -2),
    `${good}AA`,
    `${good}=`,
    'x',
    good.toUpperCase(),
  ]
  for (const token of forgeries) {
    const { status, code } = await refresh(auth, token)
    assert.deepEqual([status, code], [401, 'INVALID_GRANT'], token)
  }
  assert.equal((await refresh(auth, '')).status, 400)
  assert.equal((await refresh(auth, 'x'.repeat(5_000))).status, 400)
  await refreshed(auth, good)
})

test('a session that was idle too long, or is too old, cannot be refreshed', async (t) => {
  const auth = await start(t)
  const idle = await registerPerson(auth)
  const old = await registerPerson(auth)
  const { sql } = auth.context
  const past = millisecondsAgo(1_000)
  await sql.execute`update sessions set idle_expires_at = ${past} where session_id = ${idle.session_id}`
  await sql.execute`update sessions set absolute_expires_at = ${past} where session_id = ${old.session_id}`
  assert.equal((await refresh(auth, idle.refresh_token)).code, 'INVALID_GRANT')
  assert.equal((await refresh(auth, old.refresh_token)).code, 'INVALID_GRANT')
})

test('the eleventh session ends the one that was used longest ago, access token included', async (t) => {
  const auth = await start(t)
  const { person, ...first } = await registerPerson(auth)
  for (let i = 0; i < 10; i += 1) {
    await ask(`${auth.address}/v1/auth/login`, { body: { email: person.email, password: person.password } })
  }
  assert.equal((await refresh(auth, first.refresh_token)).status, 401)
  assert.equal((await ask(`${auth.address}/v1/users/me`, { token: first.access_token })).code, 'TOKEN_REVOKED')
})
