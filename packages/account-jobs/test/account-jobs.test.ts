import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalKv } from '@secureconnect/kv'
import { startRelay } from '@secureconnect/outbox'
import { limits, type ServiceName } from '@secureconnect/protocol'
import { column, connectPostgres, newId, type Sql } from '@secureconnect/sql'
import {
  createMigratedDatabase,
  createTestMetrics,
  openEachMigrated,
  silentLog,
  toPostgresOptions,
} from '@secureconnect/sql/testing'
import { Type } from 'typebox'
import {
  type AccountSteps,
  exportEnds,
  findExport,
  jobTopics,
  startErasure,
  startExport,
  writeExport,
} from '../src/index.ts'
import { chatSteps, createMessages } from './chat-steps.ts'

const kv = createLocalKv()
after(() => kv.close())

const authSteps: AccountSteps = {
  async erase(tx, { userId }) {
    await tx.execute`delete from users where user_id = ${userId}`
    return undefined
  },
  collect: async (_tx, { userId }) => ({ section: 'account', items: [{ user_id: userId }] }),
}

const order: readonly ServiceName[] = ['chat-service', 'auth-service']
const Count = Type.Object({ count: column.integer })

async function count(
  sql: Sql,
  table: 'users' | 'messages' | 'account_jobs' | 'export_pieces' | 'outbox',
): Promise<number> {
  // Only the names above can stand there.
  const rows = await sql.runScript(`select count(*) as count from ${table}`)
  return Number(JSON.stringify(rows).match(/"count":"?(\d+)/)?.[1] ?? assert.fail(JSON.stringify(rows)))
}

async function addUser(sql: Sql, messages = 10): Promise<string> {
  const userId = newId()
  await sql.execute`
    insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
    values (${userId}, ${userId}, ${userId}, ${userId}, ${userId}, 'Somebody', 'hash', 'pepper-1')`
  await createMessages(sql, userId, messages)
  return userId
}

async function relay(t: TestContext, sql: Sql, parts: Partial<Record<ServiceName, AccountSteps>>): Promise<void> {
  const services: readonly ServiceName[] = ['chat-service', 'auth-service']
  const topics = services.flatMap((service) => {
    const steps = parts[service]
    return steps ? [jobTopics({ service, steps, sql, kv, log: silentLog })] : []
  })
  const running = await startRelay({
    sql,
    kv,
    log: silentLog,
    metrics: createTestMetrics(),
    topics: Object.assign({}, exportEnds, ...topics),
  })
  t.after(() => running.close())
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(20)
}

async function readExport(sql: Sql, userId: string) {
  const job = (await findExport(sql, userId)) ?? assert.fail('no export')
  let text = ''
  for await (const part of writeExport(sql, job)) text += part
  return JSON.parse(text)
}

const isReady = async (sql: Sql, userId: string) => (await findExport(sql, userId))?.finished_at != null

function describeJobs(sql: Sql): void {
  test('an erasure passes from service to service, step by step, and ends with the account', async (t) => {
    const userId = await addUser(sql)
    const other = await addUser(sql)
    await sql.transaction((tx) => startErasure(tx, { userId, messages: 'delete', order }, kv))
    const seen: string[] = []
    const erase: AccountSteps['erase'] = async (tx, step) => {
      seen.push(`${step.messages} ${step.after ?? 'start'}`)
      return chatSteps.erase(tx, step)
    }
    await relay(t, sql, { 'chat-service': { ...chatSteps, erase }, 'auth-service': authSteps })
    await until(async () => (await count(sql, 'account_jobs')) === 0)
    assert.deepEqual(seen, ['delete start', 'delete 4', 'delete 8'])
    const { count: left } = await sql.one(Count)`select count(*) as count from messages where sender = ${userId}`
    const { count: others } = await sql.one(Count)`select count(*) as count from messages where sender = ${other}`
    assert.deepEqual([left, others, await count(sql, 'outbox')], [0, 10, 0])
  })

  test('nothing is done before its turn, and a service that is away holds up only what follows', async (t) => {
    const userId = await addUser(sql)
    await sql.transaction((tx) => startErasure(tx, { userId, messages: 'keep', order }, kv))
    await relay(t, sql, { 'auth-service': authSteps })
    const waiting = await sql.many(Type.Object({ topic: column.text }))`
      select topic from outbox where topic like 'account-erase%'`
    assert.deepEqual(waiting, [{ topic: 'account-erase.chat-service' }])
    await relay(t, sql, { 'chat-service': chatSteps })
    await until(async () => (await count(sql, 'account_jobs')) === 0)
    assert.equal((await sql.one(Count)`select count(*) as count from users where user_id = ${userId}`).count, 0)
  })

  test('an export holds what every service found, each section whole, and one is made at a time', async (t) => {
    const userId = await addUser(sql)
    const answers = await Promise.all(
      [1, 2, 3].map(() => sql.transaction((tx) => startExport(tx, { userId, order }, kv))),
    )
    assert.deepEqual(answers.filter(Boolean).length, 1)
    assert.equal((await findExport(sql, userId))?.finished_at, null)
    await relay(t, sql, { 'chat-service': chatSteps, 'auth-service': authSteps })
    await until(() => isReady(sql, userId))
    const { sections, ...head } = await readExport(sql, userId)
    assert.deepEqual([head.user_id, head.is_complete], [userId, true])
    assert.deepEqual(sections.account, [{ user_id: userId }])
    assert.deepEqual(
      sections.messages.map((message: { n: number }) => message.n),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    )
    assert.equal(await sql.transaction((tx) => startExport(tx, { userId, order }, kv)), false)
  })

  test('while a part is collected no transaction is open, and what was erased meanwhile is not kept', async (t) => {
    const userId = await addUser(sql)
    let found: string[] | undefined
    const collect: AccountSteps['collect'] = async (queries, step) => {
      const waiting = sql.transaction(
        (tx) => tx.many(Type.Object({ topic: column.text }))`select topic from outbox for update skip locked`,
      )
      found ??= (await waiting).map(({ topic }) => topic)
      await sql.execute`delete from users where user_id = ${userId}`
      return chatSteps.collect(queries, step)
    }
    await sql.transaction((tx) => startExport(tx, { userId, order }, kv))
    await relay(t, sql, { 'chat-service': { ...chatSteps, collect } })
    const isWaiting = () => sql.execute`select 1 from outbox where topic = 'account-export.chat-service'`
    await until(async () => (await isWaiting()) === 0)
    assert.ok(found?.includes('account-export.chat-service'))
    assert.equal(await findExport(sql, userId), undefined)
  })

  test('an export without anything in a section says so', async (t) => {
    const userId = await addUser(sql, 0)
    await sql.transaction((tx) => startExport(tx, { userId, order }, kv))
    await relay(t, sql, { 'chat-service': chatSteps, 'auth-service': authSteps })
    await until(() => isReady(sql, userId))
    assert.deepEqual((await readExport(sql, userId)).sections.messages, [])
  })

  test('an export that goes while it is read never looks whole', async (t) => {
    const userId = await addUser(sql)
    await sql.transaction((tx) => startExport(tx, { userId, order }, kv))
    await relay(t, sql, { 'chat-service': chatSteps, 'auth-service': authSteps })
    await until(() => isReady(sql, userId))
    const parts = writeExport(sql, (await findExport(sql, userId)) ?? assert.fail('no export'))
    await parts.next()
    await sql.execute`delete from users where user_id = ${userId}`
    await assert.rejects(async () => {
      for await (const _ of parts);
    }, /went while it was read/)
  })

  test('an export that grows too large is cut, and says so', async (t) => {
    const userId = await addUser(sql, 0)
    // In JSON these three characters take ten bytes; three of these texts fit, and not a fourth.
    const big = 'é"\u0000'.repeat((limits.exportBytes * 0.3) / 10)
    const collect: AccountSteps['collect'] = async (_tx, { after = '0' }) => ({
      section: 'messages',
      items: [big],
      next: String(Number(after) + 1),
    })
    await sql.transaction((tx) => startExport(tx, { userId, order }, kv))
    await relay(t, sql, { 'chat-service': { ...chatSteps, collect }, 'auth-service': authSteps })
    await until(() => isReady(sql, userId))
    const { is_complete, sections } = await readExport(sql, userId)
    assert.equal(is_complete, false)
    assert.deepEqual(sections.account, [{ user_id: userId }])
    assert.equal(sections.messages.length, 3)
    assert.ok(sections.messages.every((message: string) => message === big))
  })

  test('an export goes after a day, and a new one can be had then', async (t) => {
    const userId = await addUser(sql)
    await sql.transaction((tx) => startExport(tx, { userId, order }, kv))
    await sql.execute`update account_jobs set expires_at = now() where user_id = ${userId}`
    assert.equal(await findExport(sql, userId), undefined)
    assert.equal(await sql.transaction((tx) => startExport(tx, { userId, order }, kv)), true)
    await relay(t, sql, { 'chat-service': chatSteps, 'auth-service': authSteps })
    await until(() => isReady(sql, userId))
    await sql.execute`update outbox set due_at = now() where topic = 'account-export-end'`
    await until(async () => (await findExport(sql, userId)) === undefined)
    assert.equal((await sql.one(Count)`select count(*) as count from account_jobs where user_id = ${userId}`).count, 0)
  })

  test('a step that fails is tried again and leaves nothing half done', async (t) => {
    const userId = await addUser(sql)
    let attempts = 0
    const erase: AccountSteps['erase'] = async (tx, step) => {
      const next = await chatSteps.erase(tx, step)
      attempts++
      if (attempts === 2) throw new Error('made to fail')
      return next
    }
    await sql.transaction((tx) => startErasure(tx, { userId, messages: 'keep', order }, kv))
    await relay(t, sql, { 'chat-service': { ...chatSteps, erase }, 'auth-service': authSteps })
    await until(async () => {
      await sql.execute`update outbox set due_at = now() where attempts > 0 and holder is null`
      return (await sql.one(Count)`select count(*) as count from users where user_id = ${userId}`).count === 0
    })
    assert.equal(attempts, 4)
  })

  test('an account that is erased takes its exports with it, finished or not', async (t) => {
    const userId = await addUser(sql)
    await sql.transaction((tx) => startExport(tx, { userId, order }, kv))
    await sql.transaction((tx) => startErasure(tx, { userId, messages: 'keep', order: ['auth-service'] }, kv))
    await relay(t, sql, { 'auth-service': authSteps })
    await until(async () => (await findExport(sql, userId)) === undefined)
    await relay(t, sql, { 'chat-service': chatSteps })
    await until(async () => {
      const { count: waiting } = await sql.one(Count)`
        select count(*) as count from outbox where topic <> 'account-export-end'`
      return waiting === 0
    })
    assert.equal((await sql.one(Count)`select count(*) as count from outbox where dead_at is not null`).count, 0)
  })
}

for (const { adapter, sql } of await openEachMigrated({ after })) {
  describe(`account jobs on ${adapter}`, () => describeJobs(sql))
}

test('a process killed again and again between steps erases everything, and takes each step once', async (t) => {
  const options = toPostgresOptions(await createMigratedDatabase(t))
  const sql = await connectPostgres(options)
  t.after(() => sql.close())
  const userId = await addUser(sql, 40)
  await sql.transaction((tx) => startErasure(tx, { userId, messages: 'delete', order }, kv))
  for (let kill = 0; kill < 3; kill++) {
    const child = fork(join(import.meta.dirname, 'job-process.ts'), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    child.send(options)
    await once(child.stdout ?? assert.fail(), 'data')
    child.kill('SIGKILL')
    await once(child, 'close')
    // Time passes until the lease of the dead has run out.
    await sql.execute`update outbox set lease_until = now() - interval '1 second' where lease_until is not null`
  }
  assert.equal(await count(sql, 'account_jobs'), 1)
  await relay(t, sql, { 'chat-service': chatSteps, 'auth-service': authSteps })
  await until(async () => (await count(sql, 'users')) === 0)
  assert.deepEqual([await count(sql, 'messages'), await count(sql, 'account_jobs')], [0, 0])
  const steps = await sql.many(Type.Object({ after: column.text }))`select after from steps_taken order by taken_at`
  assert.deepEqual(
    steps.map(({ after: from }) => from),
    ['', '4', '8', '12', '16', '20', '24', '28', '32', '36', '40'],
  )
})
