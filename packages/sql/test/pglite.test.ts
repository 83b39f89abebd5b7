import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Type } from 'typebox'
import { column, openPglite } from '../src/index.ts'

const Count = Type.Object({ count: column.integer })

test('all who open one folder share its database, and it is closed with the last of them', async (t) => {
  const folder = join(await mkdtemp(join(tmpdir(), 'pglite-')), 'sql')
  t.after(() => rm(folder, { recursive: true }))
  const [first, second] = await Promise.all([openPglite({ folder }), openPglite({ folder })])
  await first.execute`create table notes (note text)`
  await Promise.all([first, second].map((sql) => sql.execute`insert into notes values ('kept')`))
  await first.close()
  await first.close()
  assert.deepEqual(await second.one(Count)`select count(*) as count from notes`, { count: 2 })
  const closing = second.close()
  const reopened = await openPglite({ folder })
  await closing
  assert.deepEqual(await reopened.one(Count)`select count(*) as count from notes`, { count: 2 })
  await reopened.close()
})

test('a transaction has the one connection to itself; who waits too long for it gets 503', async (t) => {
  const sql = await openPglite()
  t.after(() => sql.close())
  const inside = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const transaction = sql.transaction(async () => {
    inside.resolve()
    await release.promise
  })
  await inside.promise
  await assert.rejects(sql.execute`select 1`, { code: 'SERVICE_UNAVAILABLE', reason: 'exhausted' })
  release.resolve()
  await transaction
  await sql.execute`select 1`
})
