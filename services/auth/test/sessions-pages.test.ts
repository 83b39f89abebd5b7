import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { suiteScope } from '@secureconnect/test/helpers'
import { type Auth, ask, newPerson, registerPerson, startAuth } from './test-auth.ts'

const page = { origin: 'https://app.example.org' }
const friendlyPage = { origin: 'https://other.example.org' }
const strangers = [
  {},
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://app.example.org' },
  { origin: 'https://app.example.org:444' },
  { origin: 'https://app.example.org.evil.example' },
  { origin: 'https://app.example.org/' },
  { origin: 'HTTPS://APP.EXAMPLE.ORG' },
  { origin: '*' },
  { referer: 'https://app.example.org/' },
]

let auth: Auth
const suite = suiteScope()
before(async () => {
  const env = { PUBLIC_URL: 'https://app.example.org/chat', CORS_ALLOWED_ORIGINS: friendlyPage.origin }
  auth = await startAuth(suite, 'postgres', env)
})

const post = (path: string, body: unknown, headers: object, token?: string) =>
  ask(`${auth.address}${path}`, { method: 'POST', body, headers, ...(token && { token }) })
const refreshBy = (cookie: string, headers: object = page) => post('/v1/auth/refresh', {}, { ...headers, cookie })

type Answer = Awaited<ReturnType<typeof ask>>

/** The refresh cookie that an answer sets, as a browser sends it back, and what it is set with. */
function cookieOf({ headers }: Answer): { cookie: string; value: string; attributes: string[] } {
  const [set, ...others] = headers.getSetCookie().filter((text) => text.startsWith('__Host-sc_refresh='))
  assert.deepEqual(others, [])
  const [cookie = '', ...attributes] = String(set).split('; ')
  return { cookie, value: cookie.slice('__Host-sc_refresh='.length), attributes: attributes.sort() }
}

test('a page that asks for it gets the refresh token as a cookie that no script can read, and nowhere else', async () => {
  const person = newPerson()
  const registered = await post('/v1/auth/register', { ...person, refresh_cookie: true }, page)
  const { email, password } = person
  const signedIn = await post('/v1/auth/login', { email, password, refresh_cookie: true }, friendlyPage)
  for (const [answer, status] of [
    [registered, 201],
    [signedIn, 200],
  ] as const) {
    assert.equal(answer.status, status)
    const { value, attributes } = cookieOf(answer)
    assert.deepEqual(attributes, ['HttpOnly', 'Max-Age=1209600', 'Path=/', 'SameSite=Strict', 'Secure'])
    assert.match(value, /^[\w-]{70}$/)
    assert.ok(!answer.text.includes(value))
    assert.equal('refresh_token' in answer.data, false)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
  }
})

test('the cookie alone refreshes, and brings the next one; a token in the body goes before it', async () => {
  const first = cookieOf(await post('/v1/auth/register', { ...newPerson(), refresh_cookie: true }, page))
  const refreshed = await refreshBy(`a=b; ${first.cookie}; c="d"`)
  assert.equal(refreshed.status, 200)
  assert.equal('refresh_token' in refreshed.data, false)
  const second = cookieOf(refreshed)
  assert.notEqual(second.value, first.value)
  assert.equal((await refreshBy(second.cookie, friendlyPage)).status, 200)
  const native = await registerPerson(auth)
  const { data, headers } = await post(
    '/v1/auth/refresh',
    { refresh_token: native.refresh_token },
    { cookie: second.cookie },
  )
  assert.ok(data.refresh_token)
  assert.deepEqual(headers.getSetCookie(), [])
})

test('only our own pages may ask for the cookie or use it, to the letter of their origin', async () => {
  const person = newPerson()
  const { cookie } = cookieOf(await post('/v1/auth/register', { ...person, refresh_cookie: true }, page))
  const { email, password } = person
  for (const headers of strangers) {
    const attempts = [
      await post('/v1/auth/register', { ...newPerson(), refresh_cookie: true }, headers),
      await post('/v1/auth/login', { email, password, refresh_cookie: true }, headers),
      await refreshBy(cookie, headers),
    ]
    for (const { status, code, headers: answered } of attempts) {
      assert.deepEqual([status, code], [403, 'FORBIDDEN'], JSON.stringify(headers))
      assert.deepEqual(answered.getSetCookie(), [])
    }
  }
  assert.equal((await refreshBy(cookie)).status, 200)
})

test('a refresh with neither token nor cookie is incomplete, and a broken cookie is a bad token', async () => {
  for (const headers of [page, { ...page, cookie: 'other=1' }]) {
    const { status, error } = await post('/v1/auth/refresh', {}, headers)
    assert.deepEqual([status, error.details[0].field], [400, 'refresh_token'])
  }
  const { cookie } = cookieOf(await post('/v1/auth/register', { ...newPerson(), refresh_cookie: true }, page))
  for (const broken of ['__Host-sc_refresh=', `${cookie}x`, cookie.toLowerCase(), `${cookie}, ${cookie}`]) {
    const { status } = await refreshBy(broken)
    assert.ok(status === 401 || status === 400, `${broken}: ${status}`)
  }
  assert.equal((await refreshBy(cookie)).status, 200)
})

test('signing out takes the cookie away, from those who have it', async () => {
  for (const path of ['/v1/auth/logout', '/v1/auth/logout-all']) {
    const registered = await post('/v1/auth/register', { ...newPerson(), refresh_cookie: true }, page)
    const { cookie } = cookieOf(registered)
    const { access_token } = registered.data
    const left = cookieOf(await post(path, undefined, { ...page, cookie }, access_token))
    assert.equal(left.value, '')
    assert.ok(left.attributes.includes('Max-Age=0') && left.attributes.includes('Path=/'))
    assert.equal((await refreshBy(cookie)).code, 'INVALID_GRANT')
    const native = await registerPerson(auth)
    assert.deepEqual((await post(path, undefined, {}, native.access_token)).headers.getSetCookie(), [])
  }
})

test('our own pages get tickets, each another one, that nobody can read in log or database; others get none', async () => {
  const { access_token } = await registerPerson(auth)
  const getTicket = (headers: object) => post('/v1/auth/ws-ticket', undefined, headers, access_token)
  const [first, second] = [await getTicket(page), await getTicket(friendlyPage)]
  assert.deepEqual([first.status, first.data.expires_in], [200, 30])
  assert.match(first.data.ticket, /^[\w-]{43}$/)
  assert.notEqual(first.data.ticket, second.data.ticket)
  assert.equal(first.headers.get('cache-control'), 'no-store')
  assert.ok(!JSON.stringify(auth.lines).includes(first.data.ticket))
  for (const headers of strangers) {
    const { status, code } = await getTicket(headers)
    assert.deepEqual([status, code], [403, 'FORBIDDEN'], JSON.stringify(headers))
  }
})

test('the value of the cookie is in no log line', async () => {
  const { value, cookie } = cookieOf(await post('/v1/auth/register', { ...newPerson(), refresh_cookie: true }, page))
  const next = cookieOf(await refreshBy(cookie))
  const log = JSON.stringify(auth.lines)
  assert.ok(!log.includes(value) && !log.includes(next.value))
})
