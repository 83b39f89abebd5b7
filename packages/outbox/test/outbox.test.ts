import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalKv } from '@secureconnect/kv'
import { column, json, newId, type Sql } from '@secureconnect/sql'
import { createTestMetrics, openEachMigrated, silentLog } from '@secureconnect/sql/testing'
import { scale } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { type Effect, enqueue, type OutboxRow, startRelay, type Topic, Undeliverable } from '../src/index.ts'

const kv = createLocalKv()
after(() => kv.close())
const Count = Type.Object({ count: column.integer })
const Dead = Type.Object({ last_error: column.text, attempts: column.integer })

function add(sql: Sql, effect: Partial<Effect> & { topic: string }): Promise<string> {
  return sql.transaction((tx) => enqueue(tx, { key: 'key', payload: {}, ...effect }, kv))
}

/** A relay of one topic for the length of a test. */
async function relay(t: TestContext, sql: Sql, name: string, topic: Topic) {
  const metrics = createTestMetrics()
  const running = await startRelay({ sql, kv, metrics, log: silentLog, topics: { [name]: topic } })
  t.after(() => running.close())
  return { metrics, running }
}

/** Collects what a handler gets, and tells when there are `count` of them. */
function createInbox(count: number) {
  const rows: OutboxRow[] = []
  const { promise: full, resolve } = Promise.withResolvers<void>()
  return {
    rows,
    full,
    take(row: OutboxRow) {
      rows.push(row)
      if (rows.length === count) resolve()
    },
  }
}

async function countRows(sql: Sql, topic: string): Promise<number> {
  return (await sql.one(Count)`select count(*) as count from outbox where topic = ${topic}`).count
}

async function untilEmpty(sql: Sql, topic: string): Promise<void> {
  while ((await countRows(sql, topic)) > 0) await sleep(20)
}

function describeOutbox(sql: Sql): void {
  test('an effect happens after its transaction is committed, at once, and its row is gone', async (t) => {
    const topic = newId()
    const inbox = createInbox(1)
    await relay(t, sql, topic, { deliver: async (row) => inbox.take(row) })
    const startedAt = performance.now()
    const id = await add(sql, { topic, payload: { to: 'ada' } })
    await inbox.full
    assert.ok(performance.now() - startedAt < 900, 'it was woken, not swept')
    const [row] = inbox.rows
    assert.deepEqual([row?.outbox_id, row?.payload, row?.attempts], [id, { to: 'ada' }, 1])
    await untilEmpty(sql, topic)
  })

  test('nothing happens for a transaction that is rolled back', async (t) => {
    const topic = newId()
    const inbox = createInbox(1)
    await relay(t, sql, topic, { deliver: async (row) => inbox.take(row) })
    const failing = sql.transaction(async (tx) => {
      await enqueue(tx, { topic, key: 'key', payload: 'lost' }, kv)
      throw new Error('no')
    })
    await assert.rejects(failing, /no/)
    await add(sql, { topic, payload: 'kept' })
    await inbox.full
    assert.deepEqual(
      inbox.rows.map((row) => row.payload),
      ['kept'],
    )
  })

  test('a lost wake only costs until the next sweep', async (t) => {
    const topic = newId()
    const inbox = createInbox(1)
    await relay(t, sql, topic, { deliver: async (row) => inbox.take(row) })
    await sql.transaction((tx) => enqueue(tx, { topic, key: 'key', payload: null }))
    await inbox.full
  })

  test('effects of one key happen in order, one at a time; other keys do not wait for them', async (t) => {
    const topic = newId()
    const count = scale(100, 10)
    const inbox = createInbox(2 * count)
    const underWay = new Set<string>()
    let collisions = 0
    await sql.transaction(async (tx) => {
      for (let n = 0; n < count; n++) {
        for (const key of ['a', 'b']) await enqueue(tx, { topic, key, payload: n }, kv)
      }
    })
    await relay(t, sql, topic, {
      async deliver(row) {
        if (underWay.has(row.key)) collisions++
        underWay.add(row.key)
        await sleep(1)
        underWay.delete(row.key)
        inbox.take(row)
      },
    })
    await inbox.full
    assert.equal(collisions, 0)
    for (const key of ['a', 'b']) {
      const order = inbox.rows.filter((row) => row.key === key).map((row) => row.payload)
      assert.deepEqual(order, [...Array(count).keys()])
    }
  })

  test('an effect that fails is tried again later, and holds back its key meanwhile', async (t) => {
    const topic = newId()
    const inbox = createInbox(3)
    let isFailing = true
    await add(sql, { topic, payload: 1 })
    await add(sql, { topic, payload: 2 })
    const startedAt = performance.now()
    await relay(t, sql, topic, {
      async deliver(row) {
        inbox.take(row)
        if (!isFailing) return
        isFailing = false
        throw new Error('the server is away')
      },
    })
    await inbox.full
    assert.deepEqual(
      inbox.rows.map(({ payload, attempts }) => [payload, attempts]),
      [
        [1, 1],
        [1, 2],
        [2, 1],
      ],
    )
    assert.equal(inbox.rows[0]?.outbox_id, inbox.rows[1]?.outbox_id)
    assert.ok(performance.now() - startedAt >= 500, 'it waits before it tries again')
  })

  test('what can never succeed is given up, told, kept to look at, and frees its key', async (t) => {
    const topic = newId()
    const inbox = createInbox(1)
    await add(sql, { topic, payload: 'poison' })
    await add(sql, { topic, payload: 'good' })
    const { metrics } = await relay(t, sql, topic, {
      async deliver(row) {
        if (row.payload === 'poison') throw new Undeliverable('no such address')
        inbox.take(row)
      },
    })
    await inbox.full
    assert.equal(inbox.rows[0]?.payload, 'good')
    const dead = await sql.one(
      Dead,
    )`select last_error, attempts from outbox where topic = ${topic} and dead_at is not null`
    assert.deepEqual(dead, { last_error: 'Undeliverable: no such address', attempts: 1 })
    assert.equal((await metrics.outboxDead.get()).values.find(({ labels }) => labels.topic === topic)?.value, 1)
  })

  test('an effect that keeps failing is given up after its attempts', async (t) => {
    const topic = newId()
    const inbox = createInbox(1)
    let failures = 0
    await add(sql, { topic, payload: 'poison' })
    await add(sql, { topic, payload: 'good' })
    await relay(t, sql, topic, {
      attempts: 2,
      async deliver(row) {
        if (row.payload === 'good') return inbox.take(row)
        failures++
        throw new Error('again')
      },
    })
    await inbox.full
    assert.equal(failures, 2)
  })

  test('an effect past its time does not happen and holds nothing back; one before its time waits', async (t) => {
    const topic = newId()
    const inbox = createInbox(2)
    const dueAt = new Date(Date.now() + 700)
    await add(sql, { topic, payload: 'late', expiresAt: new Date(Date.now() - 1) })
    await add(sql, { topic, payload: 'in time' })
    await add(sql, { topic, key: 'other', payload: 'later', dueAt })
    await relay(t, sql, topic, { deliver: async (row) => inbox.take(row) })
    await inbox.full
    assert.deepEqual(
      inbox.rows.map((row) => row.payload),
      ['in time', 'later'],
    )
    assert.ok(Date.now() >= dueAt.getTime())
    await untilEmpty(sql, topic)
  })

  test('an effect in SQL happens exactly once, however often its attempt is cut off', async (t) => {
    const topic = newId()
    await sql.execute`create table if not exists effects (topic text, note text)`
    const inbox = createInbox(2)
    await add(sql, { topic, payload: 'note' })
    await relay(t, sql, topic, {
      async apply(tx, row) {
        await tx.execute`insert into effects values (${topic}, ${json(row.payload)})`
        inbox.take(row)
        if (inbox.rows.length === 1) throw new Error('cut off after the effect, before the commit')
      },
    })
    await inbox.full
    await untilEmpty(sql, topic)
    assert.deepEqual(await sql.one(Count)`select count(*) as count from effects where topic = ${topic}`, { count: 1 })
  })

  test('a lease that runs out goes to another relay, and the slow one cannot remove the row', async (t) => {
    const topic = newId()
    const isSlow = Promise.withResolvers<void>()
    const slow = createInbox(1)
    const quick = createInbox(1)
    await add(sql, { topic })
    const first = await relay(t, sql, topic, {
      async deliver(row) {
        slow.take(row)
        await isSlow.promise
      },
    })
    await slow.full
    // Time passes, as after a crash or a long pause of the process.
    await sql.execute`update outbox set lease_until = now() - interval '1 second' where topic = ${topic}`
    await relay(t, sql, topic, {
      async deliver(row) {
        quick.take(row)
        throw new Error('not yet')
      },
    })
    await quick.full
    isSlow.resolve()
    await first.running.close()
    assert.equal(quick.rows[0]?.attempts, 2)
    assert.equal(await countRows(sql, topic), 1)
  })

  /** What is told of a topic while one of its effects is under way. */
  async function readBacklog(t: TestContext, topic: string) {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const { metrics } = await relay(t, sql, topic, {
      deliver: () => new Promise((resolve) => setTimeout(resolve, 500)),
    })
    t.mock.timers.tick(5_000)
    const read = async (metric: 'outboxPending' | 'outboxOldest') =>
      (await metrics[metric].get()).values[0]?.value ?? -1
    while ((await read('outboxPending')) < 0) await sleep(10)
    return { pending: await read('outboxPending'), oldest: await read('outboxOldest') }
  }

  test('the backlog and its age are told', async (t) => {
    const topic = newId()
    await add(sql, { topic, dueAt: new Date(Date.now() + 3_600_000) })
    await add(sql, { topic, key: 'other', dueAt: new Date(Date.now() - 90_000) })
    const { pending, oldest } = await readBacklog(t, topic)
    assert.equal(pending, 2)
    assert.ok(oldest >= 90 && oldest < 120, `${oldest} s`)
  })

  test('what was to wait is not late when its time comes', async (t) => {
    const topic = newId()
    await add(sql, { topic, dueAt: new Date() })
    await sql.execute`update outbox set created_at = created_at - interval '15 minutes' where topic = ${topic}`
    const { pending, oldest } = await readBacklog(t, topic)
    assert.equal(pending, 1)
    assert.ok(oldest < 60, `${oldest} s`)
  })
}

for (const { adapter, sql } of await openEachMigrated({ after })) {
  describe(`the outbox on ${adapter}`, () => describeOutbox(sql))
}
