import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createLocalKv, type Kv } from '@secureconnect/kv'
import { closeCodes, sockets } from '@secureconnect/protocol'
import { connectPostgres, migrate, newId, type Sql } from '@secureconnect/sql'
import { createTestMetrics, silentLog as log, openMigrated, toPostgresOptions } from '@secureconnect/sql/testing'
import { ownPostgresServer } from '@secureconnect/test/stack'
import {
  accessToken,
  createAuthenticate,
  followRevocations,
  issueSocketTicket,
  revokeSessions,
  takeSocketTicket,
} from '@secureconnect/tokens'
import { WebSocket } from 'ws'
import type { ServiceContext } from '../src/service-context.ts'
import { socketEndpoint } from '../src/sockets/socket-endpoint.ts'
import { Client, refusalOf } from './socket-client.ts'
import { startTestService } from './test-service.ts'

const origin = 'https://app.example.org'
const userId = newId()

const endpoint = socketEndpoint<ServiceContext>({
  socket: sockets.chat,
  rate: { perSecond: 10, burst: 20 },
  maxConnections: () => 50,
  createHandlers: () => ({}),
})

/** Tokens of the tests are the session's id, signed by nobody. */
async function check(sessionId: string) {
  const { issuer: iss, audience: aud } = accessToken
  const now = Math.floor(Date.now() / 1_000)
  const person = { sub: userId, user_id: userId, username: 'ada', role: 'user' } as const
  return { iss, aud, ...person, sid: sessionId, jti: newId(), iat: now, nbf: now, exp: now + 900 } as const
}

/** A process with sockets, which knows of ended sessions what the database and `kv` tell it. */
async function startProcess(t: TestContext, sql: Sql, kv: Kv = createLocalKv()) {
  const revocations = followRevocations({ sql, kv, log })
  t.after(() => revocations[Symbol.asyncDispose]())
  const authenticate = createAuthenticate(check, revocations)
  const takeTicket: ServiceContext['takeTicket'] = (presented) => takeSocketTicket(sql, presented)
  const { address, lines } = await startTestService(t, { sockets: [endpoint], authenticate, takeTicket, revocations })
  const url = `${address.replace('http', 'ws')}/v1/ws/chat`
  return {
    url,
    lines,
    openByTicket: (ticket: string) => Client.open(t, `${url}?ticket=${ticket}`, { origin }),
    openByHeader: (token: string) => Client.open(t, url, { authorization: `Bearer ${token}` }),
    async openByFrame(token: string) {
      const client = await Client.open(t, url, { origin })
      client.send({ type: 'auth', token })
      return client
    },
  }
}

async function openDatabase(t: TestContext, opened?: Sql) {
  const sql = opened ?? (await openMigrated(t)).sql
  await sql.execute`
    insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
    values (${userId}, 'ada', 'ada', 'ada', 'ada', 'Ada', 'none', 'none')`
  const openSession = async () => {
    const sessionId = newId()
    await sql.execute`
      insert into sessions (session_id, user_id, network, salt, generation, rotated_at, idle_expires_at, absolute_expires_at)
      values (${sessionId}, ${userId}, '192.0.2.1', ${Buffer.alloc(16)}, 1, now(), now() + interval '1 day', now() + interval '1 day')`
    return sessionId
  }
  const issue = (sessionId: string, expiresAt = new Date(Date.now() + 900_000)) =>
    issueSocketTicket(sql, { caller: { sessionId, expiresAt }, origin })
  const end = (sessionId: string, kv: Kv) =>
    sql.transaction(async (tx) => {
      await tx.execute`update sessions set status = 'ended' where session_id = ${sessionId}`
      await revokeSessions(tx, [sessionId], kv)
    })
  return { sql, openSession, issue, end }
}

/** Reads up to the frame that says whose the socket is. */
async function becomeReady(client: Client) {
  for (;;) {
    const frame = await client.next()
    if (frame.type === 'ready') return frame
  }
}

test('a page opens one socket with its ticket; whatever else it tries with one is refused as the token would be', async (t) => {
  const { sql, openSession, issue, end } = await openDatabase(t)
  const { url, openByTicket, lines } = await startProcess(t, sql)
  const sessionId = await openSession()
  const ticket = await issue(sessionId)
  const ready = await becomeReady(await openByTicket(ticket))
  assert.deepEqual([ready.user_id, ready.session_id], [userId, sessionId])

  const refusal = (query: string, headers: Record<string, string> = { origin }) => refusalOf(`${url}?${query}`, headers)
  assert.deepEqual(await refusal(`ticket=${ticket}`), { status: 401, code: 'UNAUTHORIZED' })
  for (const wrong of ['', 'x', 'a'.repeat(43), 'a'.repeat(5_000)]) {
    assert.deepEqual(await refusal(`ticket=${wrong}`), { status: 401, code: 'UNAUTHORIZED' })
  }
  const foreign = { origin: 'https://evil.example' }
  assert.deepEqual(await refusal(`ticket=${await issue(sessionId)}`, foreign), { status: 403, code: 'FORBIDDEN' })

  const spare = await issue(sessionId)
  assert.deepEqual(await refusal(`ticket=${spare}`, {}), { status: 401, code: 'UNAUTHORIZED' })
  const both = { origin, authorization: `Bearer ${sessionId}` }
  assert.deepEqual(await refusal(`ticket=${spare}`, both), { status: 400, code: 'VALIDATION_ERROR' })
  assert.deepEqual(await refusal(`ticket=${spare}&ticket=${spare}`), { status: 400, code: 'VALIDATION_ERROR' })
  assert.deepEqual(await refusal(`ticket=${spare}&token=x`), { status: 400, code: 'VALIDATION_ERROR' })
  await end(sessionId, createLocalKv())
  assert.deepEqual(await refusal(`ticket=${spare}`), { status: 401, code: 'TOKEN_REVOKED' })
  for (const secret of [ticket, spare]) assert.ok(!JSON.stringify(lines).includes(secret))
})

test('a ticket that cannot be looked up now is refused for now, and opens its socket once the database is back', async (t) => {
  const server = await ownPostgresServer(t)
  const own = await connectPostgres({ ...toPostgresOptions(server), metrics: createTestMetrics(), log })
  t.after(() => own.close())
  await migrate(own)
  const { sql, openSession, issue } = await openDatabase(t, own)
  const { url, openByTicket } = await startProcess(t, sql)
  const sessionId = await openSession()
  const ticket = await issue(sessionId)
  await server.kill()
  const refused = new WebSocket(`${url}?ticket=${ticket}`, { headers: { origin } }).on('error', () => undefined)
  const [, { statusCode, headers }] = await once(refused, 'unexpected-response')
  refused.terminate()
  assert.equal(statusCode, 503)
  assert.ok(Number(headers['retry-after']) >= 1 && Number(headers['retry-after']) <= 5)
  await server.restart()
  while (
    !(await sql.ping().then(
      () => true,
      () => false,
    ))
  )
    await delay(50)
  assert.equal((await becomeReady(await openByTicket(ticket))).session_id, sessionId)
})

test('a socket lives no longer than the token that got its ticket', async (t) => {
  const { sql, openSession, issue } = await openDatabase(t)
  const { openByTicket } = await startProcess(t, sql)
  const client = await openByTicket(await issue(await openSession(), new Date(Date.now() - 30_000)))
  assert.equal(await client.closed, closeCodes.unauthenticated.code)
})

/** How long after its end the sockets of a session are open yet, at two processes and however they were opened. */
async function measureClosingMs(t: TestContext, kvs: readonly [Kv, Kv, Kv]): Promise<number> {
  const { sql, openSession, issue, end } = await openDatabase(t)
  const [here, there] = [await startProcess(t, sql, kvs[0]), await startProcess(t, sql, kvs[1])]
  const [ended, other] = [await openSession(), await openSession()]
  const clients = [
    await here.openByTicket(await issue(ended)),
    await there.openByTicket(await issue(ended)),
    await here.openByHeader(ended),
    await there.openByFrame(ended),
  ]
  const stays = await there.openByHeader(other)
  for (const client of [...clients, stays]) await becomeReady(client)
  await end(ended, kvs[2])
  const endedAt = performance.now()
  for (const client of clients) assert.equal(await client.closed, closeCodes.forbidden.code)
  const tookMs = performance.now() - endedAt
  stays.send({ type: 'auth', id: 'again', token: other })
  assert.equal((await stays.reply()).id, 'again')
  assert.deepEqual(await refusalOf(here.url, { authorization: `Bearer ${ended}` }), {
    status: 401,
    code: 'TOKEN_REVOKED',
  })
  return tookMs
}

test('the sockets of an ended session close at every process within a second', async (t) => {
  const shared = createLocalKv()
  const tookMs = await measureClosingMs(t, [shared, shared, shared])
  assert.ok(tookMs < 1_000, `${tookMs} ms`)
})

test('without Redis they close within three', async (t) => {
  const tookMs = await measureClosingMs(t, [createLocalKv(), createLocalKv(), createLocalKv()])
  assert.ok(tookMs < 3_000, `${tookMs} ms`)
})

test('a session that ends while its socket is being opened gets none', async (t) => {
  const revocations = { isRevoked: () => true, onRevoked: () => undefined }
  const authenticate = createAuthenticate(check, { assertLive: async () => undefined })
  const { address } = await startTestService(t, { sockets: [endpoint], authenticate, revocations })
  const url = `${address.replace('http', 'ws')}/v1/ws/chat`
  const client = await Client.open(t, url, { authorization: `Bearer ${newId()}` })
  assert.equal(await client.closed, closeCodes.forbidden.code)
})
