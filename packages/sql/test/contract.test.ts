import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import { withRequest } from '@secureconnect/logging'
import { Type } from 'typebox'
import { column, isUniqueViolation, json, newId, type Queries, type Sql, SqlError } from '../src/index.ts'
import { adapters, openEmpty } from './testing.ts'

const Value = Type.Object({ value: column.text })
const Amount = Type.Object({ amount: column.integer })

const request = { requestId: 'r', traceId: 't', spanId: 's', isSampled: false, clientIp: '192.0.2.1' }

async function addItem(queries: Queries, name: string): Promise<string> {
  const id = newId()
  await queries.execute`insert into items (item_id, name) values (${id}, ${name})`
  return id
}

async function hasItem(queries: Queries, id: string): Promise<boolean> {
  return (await queries.maybeOne(Amount)`select amount from items where item_id = ${id}`) !== undefined
}

function describeContract(adapter: string, sql: Sql): void {
  describe(`values on ${adapter}`, () => describeValues(sql))
  describe(`rows on ${adapter}`, () => describeRows(sql))
  describe(`transactions on ${adapter}`, () => describeTransactions(sql))
  describe(`kept plans on ${adapter}`, () => describeKeptPlans(sql))
  describe(`errors on ${adapter}`, () => describeErrors(sql))
}

function describeValues(sql: Sql): void {
  const Row = Type.Object({
    at: column.timestamp,
    big: column.integer,
    total: column.number,
    document: Type.Unknown(),
    bytes: column.bytes,
    texts: Type.Array(column.nullable(column.text)),
    ids: Type.Array(column.id),
    numbers: Type.Array(column.integer),
    times: Type.Array(column.timestamp),
    blobs: Type.Array(column.bytes),
    flag: column.flag,
    nothing: column.nullable(column.text),
  })

  test('every type goes in and comes out as the same value', async () => {
    const at = new Date('2026-03-01T12:00:00.123Z')
    const bytes = randomBytes(40)
    const id = newId()
    const document = { list: [1, 'two', null], deep: { "quote'": '"\\' } }
    const texts = ['plain', 'with, comma', '"quoted"', '', null, 'NULL', '{}']
    const row = await sql.one(Row)`
      select ${at}::timestamptz as at, ${2 ** 52}::bigint as big, ${2.5}::numeric as total,
        ${json(document)}::jsonb as document, ${bytes}::bytea as bytes, ${texts}::text[] as texts,
        ${[id]}::uuid[] as ids, ${[1, 2]}::bigint[] as numbers, ${[at]}::timestamptz[] as times,
        ${[bytes]}::bytea[] as blobs, ${true}::boolean as flag, ${null}::text as nothing`
    assert.deepEqual(row, {
      at,
      big: 2 ** 52,
      total: 2.5,
      document,
      bytes,
      texts,
      ids: [id],
      numbers: [1, 2],
      times: [at],
      blobs: [bytes],
      flag: true,
      nothing: null,
    })
  })

  test('a document may be a list or a text', async () => {
    const Documents = Type.Object({ list: Type.Array(Type.Integer()), text: column.text })
    const row = await sql.one(Documents)`select ${json([1, 2])}::jsonb as list, ${json('alone')}::jsonb as text`
    assert.deepEqual(row, { list: [1, 2], text: 'alone' })
  })

  test('counts and sums are numbers, and a number too big to be exact is refused', async () => {
    const Sums = Type.Object({ count: column.integer, sum: column.integer })
    const sums = await sql.one(Sums)`select count(*) as count, sum(n) as sum from (values (1::bigint), (2)) as v(n)`
    assert.deepEqual(sums, { count: 2, sum: 3 })
    await assert.rejects(
      sql.one(Amount)`select 9007199254740993::bigint as amount`,
      /does not fit its schema: \/amount/,
    )
  })

  test('a parameter never becomes part of the statement', async () => {
    const hostile = "'; drop table items; --"
    assert.deepEqual(await sql.one(Value)`select ${hostile} as value`, { value: hostile })
  })
}

function describeRows(sql: Sql): void {
  test('maybeOne finds a row or nothing, one insists, and both refuse several', async () => {
    assert.equal(await sql.maybeOne(Value)`select 'x' as value where false`, undefined)
    assert.deepEqual(await sql.maybeOne(Value)`select 'x' as value`, { value: 'x' })
    await assert.rejects(sql.one(Value)`select 'x' as value where false`, /No row/)
    await assert.rejects(sql.one(Value)`select v as value from (values ('x'), ('y')) as t(v)`, /2 rows/)
    await assert.rejects(sql.maybeOne(Value)`select v as value from (values ('x'), ('y')) as t(v)`, /2 rows/)
  })

  test('many gives all rows in order', async () => {
    const rows = await sql.many(Amount)`select n as amount from generate_series(1, 500) as n order by n desc`
    assert.deepEqual([rows.length, rows[0], rows.at(-1)], [500, { amount: 500 }, { amount: 1 }])
  })

  test('a row that does not fit its schema is refused by the name of its column, without its value', async () => {
    await assert.rejects(sql.one(Amount)`select 'secret-value' as amount`, (error: Error) => {
      assert.match(error.message, /\/amount must be integer/)
      assert.doesNotMatch(error.message, /secret-value/)
      return true
    })
  })

  test('execute tells how many rows a statement touched, or read', async () => {
    const names = [newId(), newId(), newId()]
    const added = await sql.execute`
      insert into items (item_id, name) select n::uuid, n from unnest(${names}::text[]) as n`
    const changed = await sql.execute`update items set amount = 1 where name = any(${names.slice(1)}::text[])`
    assert.deepEqual([added, changed], [3, 2])
    assert.equal(await sql.execute`select 1 from generate_series(1, 3)`, 3)
  })
}

function describeTransactions(sql: Sql): void {
  test('a transaction keeps everything, or nothing when its work throws', async () => {
    const kept = await sql.transaction((tx) => addItem(tx, newId()))
    assert.equal(await hasItem(sql, kept), true)
    let lost = ''
    const refusal = new AppError('CONFLICT', 'No.')
    const attempt = sql.transaction(async (tx) => {
      lost = await addItem(tx, newId())
      throw refusal
    })
    await assert.rejects(attempt, refusal)
    assert.equal(await hasItem(sql, lost), false)
  })

  test('what follows a commit happens once it is committed, and not at all after a rollback', async () => {
    const seen: string[] = []
    await sql.transaction(async (tx) => {
      tx.afterCommit(() => seen.push('committed'))
      seen.push('inside')
    })
    const failing = sql.transaction(async (tx) => {
      tx.afterCommit(() => seen.push('never'))
      throw new Error('no')
    })
    await assert.rejects(failing, /no/)
    assert.deepEqual(seen, ['inside', 'committed'])
  })

  test('a failing hook does not make a committed transaction look failed', async () => {
    const id = await sql.transaction(async (tx) => {
      tx.afterCommit(() => assert.fail('the hook failed'))
      return addItem(tx, newId())
    })
    assert.equal(await hasItem(sql, id), true)
  })

  test('a transaction in which a statement failed does not pass for committed, even if the error was caught', async () => {
    const name = newId()
    let first = ''
    const attempt = sql.transaction(async (tx) => {
      first = await addItem(tx, name)
      await addItem(tx, name).catch(() => undefined)
    })
    await assert.rejects(attempt, (error) => isUniqueViolation(error))
    assert.equal(await hasItem(sql, first), false)
  })

  test('a transaction cannot be used after its end', async () => {
    const leaked = await sql.transaction(async (tx) => tx)
    await assert.rejects(leaked.execute`delete from items`, /after its end/)
  })

  test('concurrent transactions that lock a row lose no update', async () => {
    const id = await addItem(sql, newId())
    const addOne = () =>
      sql.transaction(async (tx) => {
        const { amount } = await tx.one(Amount)`select amount from items where item_id = ${id} for update`
        await tx.execute`update items set amount = ${amount + 1} where item_id = ${id}`
      })
    await Promise.all(Array.from({ length: 40 }, addOne))
    assert.deepEqual(await sql.one(Amount)`select amount from items where item_id = ${id}`, { amount: 40 })
  })

  test('a request whose time is over, or whose client has gone, starts no further statement', async () => {
    const late = { ...request, deadlineAt: Date.now() - 1 }
    await assert.rejects(
      withRequest(late, () => addItem(sql, newId())),
      { code: 'REQUEST_TIMEOUT' },
    )
    const left = { ...request, signal: AbortSignal.abort() }
    await assert.rejects(
      withRequest(left, () => addItem(sql, newId())),
      { code: 'REQUEST_TIMEOUT' },
    )
  })

  test('a transaction that outlives its request is rolled back, not left open', async () => {
    const controller = new AbortController()
    let id = ''
    const attempt = withRequest({ ...request, signal: controller.signal }, () =>
      sql.transaction(async (tx) => {
        id = await addItem(tx, newId())
        controller.abort()
        await addItem(tx, newId())
      }),
    )
    await assert.rejects(attempt, { code: 'REQUEST_TIMEOUT' })
    assert.equal(await hasItem(sql, id), false)
  })
}

function describeKeptPlans(sql: Sql): void {
  const readFirst = (queries: Queries) => queries.prepared.maybeOne(Type.Unknown())`select * from changing`

  test('a statement whose plan is kept gives the same as any other, again and again', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await addItem(sql, newId())
      const row = await sql.prepared.one(Amount)`select amount from items where item_id = ${id}`
      assert.deepEqual(row, { amount: 0 })
      assert.equal(await sql.prepared.execute`delete from items where item_id = ${id}`, 1)
    }
  })

  test('whoever uses a plan that a migration outdated is answered by a new one, on every connection', async () => {
    await sql.runScript('create table changing (first text); insert into changing values (1)')
    const readEverywhere = () =>
      Promise.all([1, 2, 3].map(() => sql.transaction(async (tx) => [await readFirst(tx), await readFirst(tx)])))
    await readEverywhere()
    await sql.runScript('alter table changing add second text')
    const row = { first: '1', second: null }
    assert.deepEqual(await readFirst(sql), row)
    assert.deepEqual(await readEverywhere(), Array(3).fill([row, row]))
  })
}

function describeErrors(sql: Sql): void {
  test('a unique violation names its constraint and shows no value', async () => {
    const name = `secret-${newId()}`
    await addItem(sql, name)
    await assert.rejects(addItem(sql, name), (error: Error) => {
      assert.ok(isUniqueViolation(error))
      assert.ok(isUniqueViolation(error, 'items_name_unique'))
      assert.ok(!isUniqueViolation(error, 'items_pkey'))
      assert.doesNotMatch(JSON.stringify({ ...error, text: String(error) }), /secret-/)
      return true
    })
  })

  test('a wrong statement is our fault: it is not taken for an outage', async () => {
    await assert.rejects(sql.execute`select nonsense from nowhere`, (error) => {
      assert.ok(error instanceof SqlError)
      assert.equal(error.state, '42P01')
      return true
    })
  })

  test('the database answers a ping', () => sql.ping())

  test('the background connections see the same database', async () => {
    const id = await addItem(sql.background, newId())
    assert.equal(await hasItem(sql, id), true)
    assert.equal(sql.background.background, sql.background)
  })
}

// Both are open before the first test starts: PGlite keeps the whole process busy while it does.
const opened = await Promise.all(adapters.map((adapter) => openEmpty[adapter]({ after })))
for (const { adapter, sql } of opened) {
  await sql.runScript(`
    create table items (
      item_id uuid primary key,
      name text not null,
      amount bigint not null default 0,
      constraint items_name_unique unique (name)
    )`)
  describeContract(adapter, sql)
}
