import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@secureconnect/errors'
import { createLocalKv } from '@secureconnect/kv'
import { column, newId, type Sql } from '@secureconnect/sql'
import { createTestMetrics, openEachMigrated, silentLog } from '@secureconnect/sql/testing'
import { Type } from 'typebox'
import { type Effect, enqueueLatest, startRelay, type Topic, yieldToNewer } from '../src/index.ts'

const kv = createLocalKv()
after(() => kv.close())
const Waiting = Type.Object({ key: column.text, payload: Type.Unknown(), due_at: column.timestamp })

const listWaiting = (sql: Sql, topic: string) =>
  sql.many(Waiting)`select key, payload, due_at from outbox where topic = ${topic} order by key, created_at, outbox_id`

const add = (sql: Sql, topic: string, effects: readonly Omit<Effect, 'topic'>[]) =>
  sql.transaction((tx) => enqueueLatest(tx, topic, effects, { kv, lasting: 'first' }))

async function relay(t: TestContext, sql: Sql, name: string, topic: Topic) {
  const running = await startRelay({ sql, kv, metrics: createTestMetrics(), log: silentLog, topics: { [name]: topic } })
  t.after(() => running.close())
}

async function untilEmpty(sql: Sql, topic: string): Promise<void> {
  while ((await listWaiting(sql, topic)).length > 0) await sleep(20)
}

function describeLatest(sql: Sql): void {
  test('of effects that replace each other the newest waits, in the turn of the first', async () => {
    const topic = newId()
    const soon = new Date(Date.now() + 3_000)
    const later = new Date(Date.now() + 60_000)
    await add(sql, topic, [
      { key: 'a', payload: 1, dueAt: soon },
      { key: 'b', payload: 1 },
    ])
    await add(sql, topic, [{ key: 'a', payload: 2, dueAt: later }])
    const waiting = await listWaiting(sql, topic)
    assert.deepEqual(
      waiting.map(({ key, payload }) => [key, payload]),
      [
        ['a', 2],
        ['b', 1],
      ],
    )
    assert.equal(waiting[0]?.due_at.getTime(), soon.getTime())
  })

  test('one that has begun is followed by the newer one, and gives way to it', async (t) => {
    const topic = newId()
    const heard: unknown[] = []
    await add(sql, topic, [{ key: 'a', payload: 1 }])
    await relay(t, sql, topic, {
      async deliver(row) {
        const before = await yieldToNewer(sql, row)
        if (row.payload === 1) await add(sql, topic, [{ key: 'a', payload: 2 }])
        heard.push([row.payload, before, await yieldToNewer(sql, row)])
      },
    })
    await untilEmpty(sql, topic)
    assert.deepEqual(heard, [
      [1, false, true],
      [2, false, false],
    ])
  })

  test('what lasts stays as the first said it, through all that takes its place', async (t) => {
    const topic = newId()
    const heard: unknown[] = []
    await add(sql, topic, [{ key: 'a', payload: { first: 1, last: 1 } }])
    await add(sql, topic, [{ key: 'a', payload: { first: 2, last: 2 } }])
    await relay(t, sql, topic, {
      async deliver(row) {
        heard.push(row.payload)
        if (heard.length === 1) await add(sql, topic, [{ key: 'a', payload: { first: 3, last: 3 } }])
        await yieldToNewer(sql, row, 'first')
      },
    })
    await untilEmpty(sql, topic)
    assert.deepEqual(heard, [
      { first: 1, last: 2 },
      { first: 1, last: 3 },
    ])
  })

  test('what a topic needs being away, its effects wait untried, and go on once it is back', async (t) => {
    const topic = newId()
    const attempts: number[] = []
    let isReady = false
    await relay(t, sql, topic, { isReady: () => isReady, deliver: async (row) => void attempts.push(row.attempts) })
    await add(sql, topic, [{ key: 'a', payload: 1 }])
    await sleep(1_300)
    assert.deepEqual(attempts, [])
    isReady = true
    await untilEmpty(sql, topic)
    assert.deepEqual(attempts, [1])
  })

  test('an error that says when to come back is not asked again before', async (t) => {
    const topic = newId()
    const times: number[] = []
    await add(sql, topic, [{ key: 'a', payload: 1 }])
    await relay(t, sql, topic, {
      async deliver() {
        times.push(Date.now())
        if (times.length === 1) throw new AppError('SERVICE_UNAVAILABLE', 'later', { retryAfterMs: 2_000 })
      },
    })
    await untilEmpty(sql, topic)
    const [first = 0, second = 0] = times
    assert.ok(second - first >= 1_950, `${second - first} ms`)
  })
}

for (const { adapter, sql } of await openEachMigrated({ after })) {
  describe(`effects of which the newest counts on ${adapter}`, () => describeLatest(sql))
}
