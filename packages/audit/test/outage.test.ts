import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { column, connectPostgres, migrate, newId, type Sql } from '@secureconnect/sql'
import { createTestMetrics, openMigrated, silentLog, toPostgresOptions } from '@secureconnect/sql/testing'
import { ownPostgresServer } from '@secureconnect/test/stack'
import { Type } from 'typebox'
import { createAudit } from '../src/index.ts'
import { queueLength } from '../src/write-events.ts'

const Count = Type.Object({ count: column.integer })
const login = { resource: 'session', action: 'login', result: 'allowed' } as const

async function untilStored(sql: Sql, expected: number): Promise<void> {
  const count = async () => (await sql.one(Count)`select count(*) as count from audit_events`).count
  while ((await count().catch(() => -1)) < expected) await sleep(50)
  assert.equal(await count(), expected)
}

async function untilFailed(
  { auditWriteFailures }: ReturnType<typeof createTestMetrics>,
  expected: number,
): Promise<void> {
  const count = async () => (await auditWriteFailures.get()).values[0]?.value ?? 0
  while ((await count()) < expected) await sleep(20)
  assert.equal(await count(), expected)
}

test('with the database away records wait in memory up to a bound, hold nobody up, and are stored on its return', async (t) => {
  const server = await ownPostgresServer(t)
  const metrics = createTestMetrics()
  const sql = await connectPostgres({ ...toPostgresOptions(server), metrics, log: silentLog })
  t.after(() => sql.close())
  await migrate(sql)
  const audit = createAudit({ service: 'auth-service', sql, log: silentLog, metrics })
  t.after(() => audit.close())
  await server.kill()
  const startedAt = performance.now()
  for (let n = 0; n < queueLength + 200; n++) audit.record(login)
  assert.ok(performance.now() - startedAt < 500)
  await untilFailed(metrics, queueLength + 200)
  await server.restart()
  await untilStored(sql, queueLength)
  audit.record(login)
  await untilStored(sql, queueLength + 1)
  await untilFailed(metrics, queueLength + 200)
})

test('a record that the database refuses does not hold back the others', async (t) => {
  const { sql, metrics } = await openMigrated(t)
  const audit = createAudit({ service: 'auth-service', sql, log: silentLog, metrics })
  t.after(() => audit.close())
  for (const userId of [newId(), 'not an id', newId()]) audit.record({ ...login, userId })
  audit.record({ ...login, reason: 'with a \u0000 byte' })
  await untilStored(sql, 2)
  await untilFailed(metrics, 2)
})

test('closing stores what is still waiting', async (t) => {
  const { sql, metrics } = await openMigrated(t)
  const audit = createAudit({ service: 'auth-service', sql, log: silentLog, metrics })
  for (let n = 0; n < 250; n++) audit.record(login)
  await audit.close()
  await untilStored(sql, 250)
})
