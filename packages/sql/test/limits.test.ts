import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { asCritical, createLogger } from '@secureconnect/logging'
import { createDatabase } from '@secureconnect/test/stack'
import { Type } from 'typebox'
import { column, connectPostgres, newId, SqlUnavailable, sqlLimits } from '../src/index.ts'
import { createTestMetrics, silentLog, toPostgresOptions } from './testing.ts'

const unavailable = { code: 'SERVICE_UNAVAILABLE' }
const metrics = createTestMetrics()
const spans: { name: string; attributes: object }[] = []
const tracing = {
  inSpan<T>(name: string, attributes: object, work: () => Promise<T>): Promise<T> {
    spans.push({ name, attributes })
    return work()
  },
}
const database = await createDatabase({ after })
const sql = await connectPostgres({ ...toPostgresOptions(database), metrics, log: silentLog, tracing })
after(() => sql.close())
await sql.execute`create table items (item_id uuid primary key, amount integer not null)`

/** Occupies every interactive connection until released. */
async function occupyAll() {
  const release = Promise.withResolvers<void>()
  const taken = Array.from({ length: sqlLimits.interactiveConnections }, () => {
    const isInside = Promise.withResolvers<void>()
    const transaction = sql.transaction(async (tx) => {
      await tx.execute`select 1`
      isInside.resolve()
      await release.promise
    })
    return { transaction, isInside: isInside.promise }
  })
  await Promise.all(taken.map(({ isInside }) => isInside))
  return async () => {
    release.resolve()
    await Promise.all(taken.map(({ transaction }) => transaction))
  }
}

async function retriesSoFar(): Promise<number> {
  return (await metrics.retries.get()).values.reduce((sum, { value }) => sum + value, 0)
}

test('the server holds each connection to our limits, not to its defaults', async () => {
  const { text } = column
  const Settings = Type.Object({ statement: text, idle: text, name: text, compiles: text, waiting: text })
  const settings = await sql.one(Settings)`
    select current_setting('statement_timeout') as statement, current_setting('application_name') as name,
      current_setting('idle_in_transaction_session_timeout') as idle, current_setting('jit') as compiles,
      current_setting('gin_pending_list_limit') as waiting`
  const expected = { statement: '3s', idle: '5s', name: 'secureconnect', compiles: 'off', waiting: '64kB' }
  assert.deepEqual(settings, expected)
})

test('the limits in force are told at the start', async () => {
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const log = createLogger({ service: 'test', revision: 'test', level: 'info', stream })
  const other = await connectPostgres({ ...toPostgresOptions(database), log })
  await other.close()
  assert.deepEqual(JSON.parse(lines[0] ?? '').limits.sql, {
    connect: '1000 ms',
    call: '3000 ms',
    in_flight: '10 interactive, 3 background',
    retries: 'whole transaction on 40001 and 40P01, 5 attempts',
  })
  assert.doesNotMatch(lines.join(''), new RegExp(database.password))
})

test('a statement that takes too long is ended by the server and its connection kept', async () => {
  const Backend = Type.Object({ pid: column.integer })
  const work = sql.background.transaction(async (tx) => {
    await tx.execute`select pg_sleep(10)`
  })
  const before = await sql.one(Backend)`select pg_backend_pid() as pid`
  await assert.rejects(work, unavailable)
  assert.deepEqual(await sql.one(Backend)`select pg_backend_pid() as pid`, before)
})

test('who finds all connections taken waits a second, then gets 503; background work is not touched', async () => {
  const release = await occupyAll()
  const startedAt = performance.now()
  await assert.rejects(
    sql.execute`select 1`,
    (error) => error instanceof SqlUnavailable && error.reason === 'exhausted',
  )
  const waitedMs = performance.now() - startedAt
  assert.ok(waitedMs > 900 && waitedMs < 1_500, `${waitedMs} ms`)
  await sql.background.execute`select 1`
  const active = (await metrics.dbConnectionsActive.get()).values[0]?.value
  assert.equal(active, sqlLimits.interactiveConnections)
  await release()
  await sql.execute`select 1`
})

test('when waiting is hopeless, the refusal comes at once; what is critical waits less than all else, and is done', async () => {
  // Long holds teach the pool how long a connection is held; then a queue forms.
  await Promise.all(Array.from({ length: 10 }, () => sql.execute`select pg_sleep(1.5)`))
  const release = await occupyAll()
  const queue = Array.from({ length: 80 }, () => sql.execute`select 1`)
  const settled = Promise.allSettled(queue)
  const startedAt = performance.now()
  await assert.rejects(sql.execute`select 1`, unavailable)
  assert.ok(performance.now() - startedAt < 100)
  const critical = asCritical(() => sql.execute`select 1`)
  await release()
  await critical
  await settled
})

test('a full disk costs no connection and opens no breaker: what needs no room goes on', async () => {
  const Backend = Type.Object({ pid: column.integer })
  const before = await sql.one(Backend)`select pg_backend_pid() as pid`
  for (let time = 0; time < 30; time += 1) {
    const work = sql.execute`do $$ begin raise exception using errcode = '53100'; end $$`
    await assert.rejects(work, (error) => error instanceof SqlUnavailable && error.reason === 'full')
  }
  assert.deepEqual(await sql.one(Backend)`select pg_backend_pid() as pid`, before)
})

test('two transactions that block each other both succeed: the victim runs again, whole', async () => {
  const [first, second] = [newId(), newId()]
  await sql.execute`insert into items values (${first}, 0), (${second}, 0)`
  const before = await retriesSoFar()
  const bothInside = Promise.withResolvers<void>()
  let inside = 0
  const cross = (from: string, to: string) =>
    sql.transaction(async (tx) => {
      await tx.execute`update items set amount = amount + 1 where item_id = ${from}`
      inside++
      if (inside === 2) bothInside.resolve()
      await bothInside.promise
      await tx.execute`update items set amount = amount + 10 where item_id = ${to}`
    })
  await Promise.all([cross(first, second), cross(second, first)])
  const Amount = Type.Object({ amount: column.integer })
  const amounts = await sql.many(Amount)`select amount from items where item_id = any(${[first, second]}::uuid[])`
  assert.deepEqual(amounts, [{ amount: 11 }, { amount: 11 }])
  assert.equal(await retriesSoFar(), before + 1)
})

test('contention that does not end is given up after five attempts, with 503', async () => {
  let attempts = 0
  const hopeless = sql.transaction(async (tx) => {
    attempts++
    await tx.execute`do $$ begin raise exception using errcode = '40001'; end $$`
  })
  await assert.rejects(hopeless, (error) => error instanceof SqlUnavailable && error.reason === 'contention')
  assert.equal(attempts, sqlLimits.attempts)
})

test('each statement is measured and traced by what it does and to which table', async () => {
  spans.length = 0
  await sql.execute`insert into items values (${newId()}, 1)`
  await sql.execute`with old as (select item_id from items) delete from items where item_id in (select item_id from old)`
  assert.deepEqual(
    spans.map(({ name }) => name),
    ['insert items', 'delete items'],
  )
  assert.doesNotMatch(JSON.stringify(spans), /[0-9a-f]{8}-/)
  const { values } = await metrics.dbQueryDuration.get()
  const count = values.find(
    ({ metricName, labels }) =>
      metricName?.endsWith('_count') && labels.operation === 'delete' && labels.table === 'items',
  )
  assert.equal(count?.value, 1)
  await assert.rejects(sql.execute`select x from items`)
  const errors = (await metrics.dbQueryErrors.get()).values
  assert.ok(errors.some(({ labels }) => labels.error === '42703' && labels.table === 'items'))
})
