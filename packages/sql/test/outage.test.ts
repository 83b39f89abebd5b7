import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { withRequest } from '@secureconnect/logging'
import { ownPostgresServer } from '@secureconnect/test/stack'
import { connectPostgres, type Sql, sqlLimits } from '../src/index.ts'
import { createTestMetrics, silentLog, toPostgresOptions } from './testing.ts'

const unavailable = { code: 'SERVICE_UNAVAILABLE' }
const request = { requestId: 'r', traceId: 't', spanId: 's', isSampled: false, clientIp: '192.0.2.1' }

async function startOwn(t: TestContext) {
  const server = await ownPostgresServer(t)
  const metrics = createTestMetrics()
  const sql = await connectPostgres({ ...toPostgresOptions(server), metrics, log: silentLog })
  t.after(() => sql.close())
  const breakerState = async () => (await metrics.circuitBreakerState.get()).values[0]?.value
  return { server, sql, metrics, breakerState }
}

async function measureMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** Asks until the database answers again, as clients do, and tells how long that took. */
async function measureRecoveryMs(sql: Sql): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    try {
      await sql.execute`select 1`
      return performance.now() - startedAt
    } catch (error) {
      assert.equal(Reflect.get(Object(error), 'code'), unavailable.code)
    }
    await sql.ping().catch(() => new Promise((resolve) => setTimeout(resolve, 100)))
  }
}

test('without a server a service gets 503 within a second, and an answer as soon as the server is there', async (t) => {
  const { server, sql } = await startOwn(t)
  await server.kill()
  const refusedMs = await measureMs(() => assert.rejects(sql.execute`select 1`, unavailable))
  assert.ok(refusedMs < 1_200, `${refusedMs} ms`)
  await server.restart()
  await sql.execute`select 1`
})

test('a server that hangs holds no query beyond its timeout, and is used again when it goes on', async (t) => {
  const { server, sql } = await startOwn(t)
  await Promise.all(Array.from({ length: 5 }, () => sql.execute`select pg_sleep(0.05)`))
  await server.freeze()
  const hangingMs = await measureMs(() => assert.rejects(sql.execute`select 1`, unavailable))
  assert.ok(hangingMs < sqlLimits.statementMs + sqlLimits.hungServerGraceMs + 500, `${hangingMs} ms`)
  const connectingMs = await measureMs(() => assert.rejects(sql.execute`select 1`, unavailable))
  assert.ok(connectingMs < 1_500, `one hung connection made all others suspect: ${connectingMs} ms`)
  server.thaw()
  await sql.execute`select 1`
})

test('a server killed under load: every failure is a 503, then refusals are immediate, then the pool refills', async (t) => {
  const { server, sql, metrics, breakerState } = await startOwn(t)
  const underWay = Promise.allSettled(Array.from({ length: 10 }, () => sql.execute`select pg_sleep(2)`))
  await sql.background.execute`select 1`
  await server.kill()
  for (const result of await underWay) {
    assert.equal(result.status, 'rejected')
    assert.equal(result.reason.code, unavailable.code)
  }
  await Promise.allSettled(Array.from({ length: 20 }, () => sql.execute`select 1`))
  assert.equal(await breakerState(), 2)
  const refusedMs = await measureMs(() => assert.rejects(sql.execute`select 1`, unavailable))
  assert.ok(refusedMs < 50, `${refusedMs} ms`)

  await server.restart()
  const recoveryMs = await measureRecoveryMs(sql)
  assert.ok(recoveryMs < 7_000, `${recoveryMs} ms`)
  await Promise.all(Array.from({ length: 20 }, () => sql.execute`select pg_sleep(0.05)`))
  const active = (await metrics.dbConnectionsActive.get()).values[0]?.value
  const idle = (await metrics.dbConnectionsIdle.get()).values[0]?.value
  assert.equal(active, 0)
  assert.ok(idle !== undefined && idle >= 10, `${idle} connections`)
})

test('two failed pings in a row open the breaker, a good one after its rest closes it', async (t) => {
  const { server, sql, breakerState } = await startOwn(t)
  await server.kill()
  await assert.rejects(sql.ping(), unavailable)
  assert.equal(await breakerState(), 0)
  await assert.rejects(sql.ping(), unavailable)
  assert.equal(await breakerState(), 2)
  await server.restart()
  await measureRecoveryMs(sql)
  assert.equal(await breakerState(), 0)
})

test('a transaction cut off by a crash has not happened, and the next one works on the same pool', async (t) => {
  const { server, sql } = await startOwn(t)
  await sql.execute`create table notes (note text)`
  const attempt = sql.transaction(async (tx) => {
    await tx.execute`insert into notes values ('lost')`
    await server.restart()
    await tx.execute`insert into notes values ('lost too')`
  })
  await assert.rejects(attempt, unavailable)
  await sql.transaction((tx) => tx.execute`insert into notes values ('kept')`)
  assert.equal(await sql.execute`delete from notes`, 1)
})

test('wrong credentials are an outage to clients: 503, never 401 or 500', async (t) => {
  const server = await ownPostgresServer(t)
  const sql = await connectPostgres({ ...toPostgresOptions(server), dbPassword: 'not-the-password-of-it' })
  t.after(() => sql.close())
  await assert.rejects(sql.execute`select 1`, unavailable)
})

test('a statement ends with the request that waits for it', async (t) => {
  const { sql } = await startOwn(t)
  const hurried = { ...request, deadlineAt: Date.now() + 300 }
  const tookMs = await measureMs(() =>
    assert.rejects(
      withRequest(hurried, () => sql.execute`select pg_sleep(2)`),
      unavailable,
    ),
  )
  assert.ok(tookMs < 1_000, `${tookMs} ms`)
  await sql.execute`select 1`
})
