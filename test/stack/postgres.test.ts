import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { createDatabase, type Database, ownPostgresServer } from './index.ts'

async function query(database: Database, text: string): Promise<unknown[]> {
  const client = new pg.Client(database)
  // A server that is killed ends the connection twice over: the query says so, this event need not.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query(text)
    return rows
  } finally {
    await client.end()
  }
}

test('two tests have a database each', async (t) => {
  const [mine, yours] = await Promise.all([createDatabase(t), createDatabase(t)])
  await query(mine, 'create table notes (body text)')
  await assert.rejects(query(yours, 'select * from notes'), { code: '42P01' })
})

test('a database can be a copy of another', async (t) => {
  const template = await createDatabase(t)
  await query(template, `create table notes as select 'kept' as body`)
  const copy = await createDatabase(t, { template: template.database })
  assert.deepEqual(await query(copy, 'select body from notes'), [{ body: 'kept' }])
})

test('a wrong password is refused', async (t) => {
  const database = await createDatabase(t)
  await assert.rejects(query({ ...database, password: 'wrong' }, 'select 1'), { code: '28P01' })
})

test('a killed Postgres has every committed row when it is started again', async (t) => {
  const postgres = await ownPostgresServer(t)
  await query(postgres, `create table notes as select 'kept' as body`)
  await postgres.kill()
  await assert.rejects(query(postgres, 'select 1'), { code: 'ECONNREFUSED' })
  await postgres.restart()
  assert.deepEqual(await query(postgres, 'select body from notes'), [{ body: 'kept' }])
})

test('a frozen Postgres answers nothing on open connections until it is thawed', async (t) => {
  const postgres = await ownPostgresServer(t)
  const client = new pg.Client(postgres)
  client.on('error', () => undefined)
  await client.connect()
  await postgres.freeze()
  const late = client.query('select 1 as one')
  const first = await Promise.race([late, new Promise((resolve) => setTimeout(resolve, 100, 'nothing'))])
  assert.equal(first, 'nothing')
  postgres.thaw()
  assert.deepEqual((await late).rows, [{ one: 1 }])
  await client.end()
})
