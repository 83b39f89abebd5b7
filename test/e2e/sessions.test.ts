import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { closeCodes } from '@secureconnect/protocol'
import { WebSocket } from 'ws'
import { startProcessSystem } from './processes.ts'
import { ask, newPerson } from './slice.ts'

const origin = 'http://localhost:8080'
const page = { origin }

/** The refresh cookie of an answer, as a browser sends it back; empty once it was taken away. */
function cookieOf(headers: Headers): string {
  const [cookie = ''] = headers.getSetCookie().filter((text) => text.startsWith('__Host-sc_refresh='))
  return cookie.split(';', 1).join('')
}

async function openByTicket(t: TestContext, url: string) {
  const ws = new WebSocket(url, { origin })
  t.after(() => ws.terminate())
  const types: string[] = []
  ws.on('message', (data) => types.push(JSON.parse(data.toString()).type))
  const closed = once(ws, 'close').then(([code]) => code)
  while (!types.includes('ready')) await once(ws, 'message')
  return { closed }
}

async function refusalOf(url: string): Promise<number> {
  const ws = new WebSocket(url, { origin })
  ws.on('error', () => undefined)
  const [, response] = await once(ws, 'unexpected-response')
  return response.statusCode
}

test('a page signs in by cookie, opens its sockets by tickets through the gateway, and signing out closes them', async (t) => {
  const system = await startProcessSystem(t)
  const gateway = system['api-gateway'].address
  const sockets = gateway.replace('http', 'ws')
  const registered = await ask(`${gateway}/v1/auth/register`, {
    body: { ...newPerson(), refresh_cookie: true },
    headers: page,
  })
  assert.equal(registered.status, 201)
  const cookie = cookieOf(registered.headers)
  const refreshed = await ask(`${gateway}/v1/auth/refresh`, { body: {}, headers: { ...page, cookie } })
  assert.equal(refreshed.status, 200)
  const token: string = refreshed.data.access_token
  const nextCookie = cookieOf(refreshed.headers)

  const tickets: string[] = []
  const getTicket = async () => {
    const { data } = await ask(`${gateway}/v1/auth/ws-ticket`, { body: {}, token, headers: page })
    tickets.push(data.ticket)
    return data.ticket
  }
  const opened = [
    await openByTicket(t, `${sockets}/v1/ws/chat?ticket=${await getTicket()}`),
    await openByTicket(t, `${sockets}/v1/ws/signaling?ticket=${await getTicket()}`),
  ]
  assert.equal(await refusalOf(`${sockets}/v1/ws/chat?ticket=${tickets[0]}`), 401)

  const left = await ask(`${gateway}/v1/auth/logout`, { body: {}, token, headers: { ...page, cookie: nextCookie } })
  assert.equal(cookieOf(left.headers), '__Host-sc_refresh=')
  for (const { closed } of opened) assert.equal(await closed, closeCodes.forbidden.code)
  assert.equal((await ask(`${gateway}/v1/auth/profile`, { token })).code, 'TOKEN_REVOKED')

  const secrets = [cookie, nextCookie].map((text) => text.split('=')[1] ?? 'none')
  for (const service of ['api-gateway', 'auth-service', 'chat-service', 'video-service'] as const) {
    const log = JSON.stringify(system[service].lines)
    for (const secret of [...tickets, ...secrets]) assert.ok(!log.includes(secret), service)
  }
})
