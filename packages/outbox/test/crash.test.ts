import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalKv } from '@secureconnect/kv'
import { column, connectPostgres, migrate, newId, type PostgresOptions, type Sql } from '@secureconnect/sql'
import {
  createMigratedDatabase,
  createTestMetrics,
  openMigrated,
  silentLog,
  toPostgresOptions,
} from '@secureconnect/sql/testing'
import { scale } from '@secureconnect/test/helpers'
import { ownPostgresServer } from '@secureconnect/test/stack'
import { Type } from 'typebox'
import { enqueue, startRelay, type Topic } from '../src/index.ts'

const Count = Type.Object({ count: column.integer })
const keys = ['a', 'b', 'c']

async function enqueueMany(sql: Sql, topic: string, perKey: number): Promise<void> {
  await sql.transaction(async (tx) => {
    for (let n = 0; n < perKey; n++) for (const key of keys) await enqueue(tx, { topic, key, payload: n })
  })
}

async function countWaiting(sql: Sql): Promise<number> {
  return (await sql.one(Count)`select count(*) as count from outbox`).count
}

async function startIn(t: TestContext, sql: Sql, topics: Record<string, Topic>) {
  const kv = createLocalKv()
  const relay = await startRelay({ sql, kv, metrics: createTestMetrics(), log: silentLog, topics })
  t.after(() => relay.close())
  return relay
}

/** Runs a relay in a process of its own and kills it once it has delivered `lines` lines. */
async function runAndKill(options: PostgresOptions, lines: number, hear: (line: string) => void): Promise<void> {
  const child = fork(join(import.meta.dirname, 'relay-process.ts'), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  child.send(options)
  let heard = 0
  let rest = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) hear(line)
    heard += parts.length
    if (heard >= lines) child.kill('SIGKILL')
  })
  await once(child, 'close')
}

test('a relay killed again and again loses nothing: in SQL exactly once, outside at least once, in order', async (t) => {
  const options = toPostgresOptions(await createMigratedDatabase(t))
  const sql = await connectPostgres(options)
  t.after(() => sql.close())
  await sql.execute`create table effects (position bigserial, outbox_id uuid, key text, note text)`
  const kills = scale(50, 3)
  const perKey = kills * 4
  await enqueueMany(sql, 'outside', perKey)
  await enqueueMany(sql, 'inside', perKey)
  const delivered = new Map<string, number[]>(keys.map((key) => [key, []]))
  for (let kill = 0; kill < kills; kill++) {
    await runAndKill(options, 8, (line) => {
      const [, key = '', payload] = line.split(' ')
      delivered.get(key)?.push(Number(payload))
    })
    // Time passes until the leases of the dead have run out.
    await sql.execute`update outbox set lease_until = now() - interval '1 second' where lease_until is not null`
  }
  await startIn(t, sql, {
    outside: { deliver: async (row) => void delivered.get(row.key)?.push(Number(row.payload)) },
    inside: {
      async apply(tx, row) {
        await tx.execute`insert into effects (outbox_id, key, note) values (${row.outbox_id}, ${row.key}, ${String(row.payload)})`
      },
    },
  })
  while ((await countWaiting(sql)) > 0) await sleep(50)

  const expected = [...Array(perKey).keys()]
  const Note = Type.Object({ note: column.text })
  for (const key of keys) {
    const notes = await sql.many(Note)`select note from effects where key = ${key} order by position`
    assert.deepEqual(
      notes.map(({ note }) => Number(note)),
      expected,
      'in SQL: each once, in order',
    )
    const outside = delivered.get(key) ?? []
    assert.deepEqual([...new Set(outside)], expected, 'outside: each at least once, in order')
    assert.deepEqual(
      outside.toSorted((a, b) => a - b),
      outside,
      'a repetition comes before what follows',
    )
  }
})

test('relays side by side never run one row twice, and no two rows of one key at the same time', async (t) => {
  const { sql } = await openMigrated(t)
  const perKey = scale(200, 20)
  const underWay = new Set<string>()
  const ids = new Set<string>()
  const faults: string[] = []
  await enqueueMany(sql, 'shared', perKey)
  const topic: Topic = {
    async deliver({ outbox_id: id, key }) {
      if (ids.has(id)) faults.push(`${id} ran twice`)
      if (underWay.has(key)) faults.push(`two of ${key} at once`)
      ids.add(id)
      underWay.add(key)
      await sleep(Math.random() * 3)
      underWay.delete(key)
    },
  }
  await Promise.all([startIn(t, sql, { shared: topic }), startIn(t, sql, { shared: topic })])
  while ((await countWaiting(sql)) > 0) await sleep(20)
  assert.deepEqual(faults, [])
  assert.equal(ids.size, perKey * keys.length)
})

test('an effect is not repeated because the database went away before it could be noted', async (t) => {
  const server = await ownPostgresServer(t)
  const sql = await connectPostgres({ ...toPostgresOptions(server), metrics: createTestMetrics(), log: silentLog })
  t.after(() => sql.close())
  await migrate(sql)
  const delivered: unknown[] = []
  const isLost = Promise.withResolvers<void>()
  await sql.transaction(async (tx) => {
    for (const payload of ['first', 'second']) await enqueue(tx, { topic: 'mail', key: 'key', payload })
  })
  await startIn(t, sql, {
    mail: {
      async deliver(row) {
        delivered.push(row.payload)
        if (row.payload !== 'first') return
        await server.kill()
        isLost.resolve()
      },
    },
  })
  await isLost.promise
  await sleep(1_200)
  await server.restart()
  const waiting = () => countWaiting(sql).catch(() => undefined)
  while ((await waiting()) !== 0) await sleep(50)
  assert.deepEqual(delivered, ['first', 'second'])
})

test('an effect in SQL that the database cut off is applied once it is back, and once only', async (t) => {
  const server = await ownPostgresServer(t)
  const sql = await connectPostgres({ ...toPostgresOptions(server), metrics: createTestMetrics(), log: silentLog })
  t.after(() => sql.close())
  await migrate(sql)
  await sql.execute`create table effects (note text)`
  let attempts = 0
  await sql.transaction((tx) => enqueue(tx, { topic: 'note', key: newId(), payload: 'x' }))
  await startIn(t, sql, {
    note: {
      async apply(tx) {
        attempts++
        await tx.execute`insert into effects values ('x')`
        if (attempts === 1) await server.restart()
      },
    },
  })
  const waiting = () => countWaiting(sql).catch(() => undefined)
  while ((await waiting()) !== 0) await sleep(50)
  assert.equal(attempts, 2)
  assert.deepEqual(await sql.one(Count)`select count(*) as count from effects`, { count: 1 })
})
