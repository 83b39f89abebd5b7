// The faults of the earlier system that were auth-service's, by their numbers there: a short proof each that they are
// not in this one. What else holds of each part is tried in the part's own file.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { createLocalKv, createRateLimiter } from '@secureconnect/kv'
import { rateClasses } from '@secureconnect/protocol'
import { createServerPlatform, serverSettings } from '@secureconnect/service'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { suiteScope } from '@secureconnect/test/helpers'
import { ownRedisServer } from '@secureconnect/test/stack'
import { buildApp } from '../src/index.ts'
import { guess, repeat } from './guesses.ts'
import { mailedToken, requestLink } from './mailed-links.ts'
import {
  type Auth,
  ask,
  createSecrets,
  newPerson,
  registerAdmin,
  registerPerson,
  startAuth,
  startAuthOn,
} from './test-auth.ts'
import { createSharedPlatform } from './two-processes.ts'

let auth: Auth
const suite = suiteScope()
before(async () => {
  auth = await startAuth(suite, 'postgres')
})

const url = (path: string) => `${auth.address}${path}`
const login = (email: string, password: string) => guess(auth, email, { password })
const nextPassword = 'nine loud lighthouses'

test('a changed password is the one that signs in (earlier fault 5)', async () => {
  const { person, access_token: token } = await registerPerson(auth)
  const body = { old_password: person.password, new_password: nextPassword }
  assert.equal((await ask(url('/v1/users/me/password'), { token, body })).status, 200)
  assert.equal((await login(person.email, person.password)).code, 'INVALID_CREDENTIALS')
  assert.equal((await login(person.email, nextPassword)).status, 200)
})

test('a reset password is the one that signs in (earlier fault 5)', async () => {
  const { person } = await registerPerson(auth)
  await requestLink(auth, 'password-reset/request', person.email)
  const token = await mailedToken(auth, { to: person.email, purpose: 'password-reset' })
  const body = { token, new_password: nextPassword }
  assert.equal((await ask(url('/v1/auth/password-reset/confirm'), { body })).status, 200)
  assert.equal((await login(person.email, person.password)).code, 'INVALID_CREDENTIALS')
  assert.equal((await login(person.email, nextPassword)).status, 200)
})

test('a changed address is the one that signs in (earlier fault 5)', async () => {
  const { person, access_token: token } = await registerPerson(auth)
  const { password } = person
  const { email: new_email } = newPerson()
  await ask(url('/v1/users/me/email'), { token, body: { new_email, password } })
  const body = { token: await mailedToken(auth, { to: new_email, purpose: 'email-change' }) }
  assert.equal((await ask(url('/v1/users/me/email/verify'), { token, body })).status, 200)
  assert.equal((await login(person.email, password)).code, 'INVALID_CREDENTIALS')
  assert.equal((await login(new_email, password)).status, 200)
})

test('who signs in learns his session, and signing out ends it (earlier fault 6)', async () => {
  const { person } = await registerPerson(auth)
  const { access_token: token, session_id } = (await login(person.email, person.password)).data
  assert.equal((await ask(url('/v1/auth/profile'), { token })).data.session_id, session_id)
  assert.equal((await ask(url('/v1/auth/logout'), { method: 'POST', token })).status, 200)
  assert.equal((await ask(url('/v1/auth/profile'), { token })).code, 'TOKEN_REVOKED')
})

test('a lockout that is promised does trigger (earlier fault 7)', async () => {
  const { person } = await registerPerson(auth)
  const wrong = await repeat(5, () => guess(auth, person.email))
  assert.deepEqual([...new Set(wrong.map(({ status }) => status))], [401])
  const { status, code } = await login(person.email, person.password)
  assert.deepEqual([status, code], [429, 'ACCOUNT_LOCKED'])
})

test('without Redis people register, sign in and are locked out as ever (earlier faults 7 and 8)', async (t) => {
  const redis = await ownRedisServer(t)
  const degraded = await startAuthOn(t, (await createSharedPlatform(t, { redis }))())
  await redis.kill()
  const person = newPerson()
  const registered = await ask(`${degraded.address}/v1/auth/register`, { body: person })
  assert.equal(registered.status, 201)
  const { email, password } = person
  assert.equal((await guess(degraded, email, { password })).status, 200)
  await repeat(5, () => guess(degraded, email))
  assert.equal((await guess(degraded, email, { password })).code, 'ACCOUNT_LOCKED')
})

test('secrets that are given as files, as production gives them, are the ones that count (earlier fault 9)', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'auth-secrets-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const { host, port, user, password, database } = await createMigratedDatabase(t)
  const secrets = createSecrets()
  const files = Object.entries({ ...secrets, DB_PASSWORD: password }).map(([name, value]) => {
    const path = join(folder, name)
    writeFileSync(path, `${value}\n`, { mode: 0o600 })
    return [`${name}_FILE`, path]
  })
  const env: Record<string, string> = Object.fromEntries(files)
  const where = { DB_HOST: host, DB_PORT: `${port}`, DB_USER: user, DB_NAME: database }
  const platform = createServerPlatform(parseConfig(serverSettings, { env: { ...env, ...where } }))
  const started = await startAuthOn(t, { ...platform, openKv: async () => createLocalKv() }, env)
  assert.equal(started.context.config.refreshKey, secrets.REFRESH_KEY)
  assert.ok((await registerPerson(started)).access_token)
})

test('a refresh token opens nothing but the next pair, and ends with its session (earlier fault 12)', async () => {
  const { access_token: token, refresh_token } = await registerPerson(auth)
  assert.equal((await ask(url('/v1/users/me'), { token: refresh_token })).status, 401)
  await ask(url('/v1/auth/logout'), { method: 'POST', token })
  assert.equal((await ask(url('/v1/auth/refresh'), { body: { refresh_token } })).code, 'INVALID_GRANT')
})

test('a client counts by its own address and not by the proxy’s, which cannot be given as a URL (earlier fault 12)', async () => {
  const [first, second] = ['192.0.2.21', '192.0.2.22']
  await repeat(30, () => guess(auth, newPerson().email, { from: first }))
  assert.equal((await guess(auth, newPerson().email, { from: first })).code, 'RATE_LIMITED')
  assert.equal((await guess(auth, newPerson().email, { from: second })).code, 'INVALID_CREDENTIALS')
  assert.ok(auth.lines.some((line) => line.stream === 'audit' && line.client_ip === second))
  const config = { ...auth.context.config, trustedProxies: ['http://api-gateway:8080'] }
  await assert.rejects(buildApp({ ...auth.context, config }), /invalid IP address/)
})

test('a limit in the process outlasts a second, whatever comes at once (earlier fault 13)', async (t) => {
  let nowMs = 0
  const kv = createLocalKv({ now: () => nowMs })
  t.after(() => kv.close())
  const limiter = createRateLimiter({ kv, metrics: auth.context.metrics, replicas: 1 })
  const take = () => limiter.take({ key: 'somebody', rate: rateClasses.register, endpoint: 'auth.register' })
  const takeMany = async () => {
    const decisions = await Promise.all(Array.from({ length: 200 }, take))
    return decisions.filter(({ isAllowed }) => isAllowed).length
  }
  assert.equal(await takeMany(), rateClasses.register.burst)
  nowMs += 1_000
  assert.equal(await takeMany(), 0)
  assert.equal((await take()).retryAfterMs, 11_000)
})

test('whoever has tried too often is told when to come back (earlier fault 13)', async () => {
  const { email } = newPerson()
  await repeat(5, () => guess(auth, email))
  const { status, headers } = await guess(auth, email)
  assert.deepEqual([status, headers.get('retry-after')], [429, '1'])
})

test('the banned do not come in, and what they had open is closed (earlier fault 17)', async () => {
  const { access_token: admin } = await registerAdmin(auth)
  const { person, user, access_token: token } = await registerPerson(auth)
  const body = { user_id: user.user_id, reason: 'sold fake tickets', permanent: true }
  assert.equal((await ask(url('/v1/admin/users/ban'), { token: admin, body })).status, 200)
  assert.equal((await login(person.email, person.password)).code, 'ACCOUNT_BANNED')
  assert.equal((await ask(url('/v1/users/me'), { token })).code, 'TOKEN_REVOKED')
})

test('the erased do not come in (earlier fault 17)', async () => {
  const { person, access_token: token } = await registerPerson(auth)
  const { email, password } = person
  assert.equal((await ask(url('/v1/users/me'), { method: 'DELETE', token, body: { password } })).status, 202)
  assert.equal((await login(email, password)).code, 'INVALID_CREDENTIALS')
})

test('a block keeps the blocked from asking (earlier fault 17)', async () => {
  const [ada, bob] = [await registerPerson(auth), await registerPerson(auth)]
  const path = (of: typeof ada, what: string) => url(`/v1/users/${of.user.user_id}/${what}`)
  await ask(path(bob, 'block'), { token: ada.access_token, body: {} })
  const { status, code } = await ask(path(ada, 'friend'), { method: 'POST', token: bob.access_token })
  assert.deepEqual([status, code], [403, 'BLOCKED'])
})

test('every list of somebody who has nothing is empty, and never null (earlier fault 18)', async () => {
  const { access_token: token } = await registerPerson(auth)
  const lists = [
    ['me/friends', 'friends'],
    ['me/friends/requests', 'requests'],
    ['me/blocked', 'blocked_users'],
    [`search?q=${newPerson().username}`, 'users'],
  ] as const
  for (const [path, field] of lists) {
    const { status, data } = await ask(url(`/v1/users/${path}`), { token })
    assert.deepEqual([status, data[field]], [200, []], path)
  }
})
