import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { PublicKey } from '@secureconnect/protocol'
import { newId, type Sql } from '@secureconnect/sql'
import { openEachMigrated } from '@secureconnect/sql/testing'
import { findUser, isAdmin, listHealth, listPublicKeys, savePublicKeys, writeHealth } from '../src/index.ts'

function createKey(kid: string): PublicKey {
  return { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid, use: 'sig', alg: 'ES256' }
}

function describeDirectory(sql: Sql): void {
  test('an account is found by its id, without what only its owner should see', async () => {
    const userId = newId()
    await sql.execute`
      insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
      values (${userId}, 'Ada@Example.org', 'ada@example.org', 'Ada', 'ada', 'Ada L.', 'hash', 'pepper-1')`
    assert.deepEqual(await findUser(sql, userId), {
      user_id: userId,
      username: 'Ada',
      display_name: 'Ada L.',
      avatar_url: null,
      role: 'user',
      status: 'offline',
    })
    assert.equal(await findUser(sql, newId()), undefined)
  })

  test('an administrator is one from the moment he is made one until he is no longer', async () => {
    const userId = newId()
    await sql.execute`
      insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
      values (${userId}, 'Root@Example.org', 'root@example.org', 'Root', 'root', 'Root', 'hash', 'pepper-1')`
    assert.equal(await isAdmin(sql, userId), false)
    await sql.execute`update users set role = 'admin' where user_id = ${userId}`
    assert.equal(await isAdmin(sql, userId), true)
    await sql.execute`update users set role = 'user' where user_id = ${userId}`
    assert.equal(await isAdmin(sql, userId), false)
    assert.equal(await isAdmin(sql, newId()), false)
  })

  test('published keys are listed, and one that is no longer held ends soon after', async () => {
    await savePublicKeys(sql, [createKey('old'), createKey('new')])
    await savePublicKeys(sql, [createKey('new')])
    assert.deepEqual(await listPublicKeys(sql), [createKey('new'), createKey('old')])
    await sql.execute`update public_keys set seen_at = seen_at - interval '3 minutes' where kid = 'old'`
    assert.deepEqual(await listPublicKeys(sql), [createKey('new')])
    // With auth-service away for hours, the keys it held last stay.
    await sql.execute`update public_keys set seen_at = seen_at - interval '5 hours'`
    assert.deepEqual(await listPublicKeys(sql), [createKey('new')])
  })

  test('a process tells how it is, again and again, and is out of date when it stops', async () => {
    const health = {
      service: 'chat-service',
      instance: 'one',
      status: 'healthy',
      checks: { sql: { status: 'up', required: true, latency_ms: 1.5 } },
      counts: { sockets: 3 },
    } as const
    await writeHealth(sql, { ...health, status: 'degraded' })
    await writeHealth(sql, health)
    const [{ seen_at: seenAt, is_current: isCurrent, ...told } = assert.fail(), ...others] = await listHealth(sql)
    assert.deepEqual([told, isCurrent, others], [health, true, []])
    assert.ok(Math.abs(Date.now() - seenAt.getTime()) < 10_000)
    await sql.execute`update service_health set seen_at = seen_at - interval '1 minute'`
    assert.deepEqual(
      (await listHealth(sql)).map((row) => row.is_current),
      [false],
    )
  })

  test('rows of processes that are long gone vanish', async () => {
    await sql.execute`update service_health set seen_at = seen_at - interval '2 hours'`
    await writeHealth(sql, { service: 'chat-service', instance: 'two', status: 'healthy', checks: {}, counts: {} })
    assert.deepEqual(
      (await listHealth(sql)).map((row) => row.instance),
      ['two'],
    )
  })
}

for (const { adapter, sql } of await openEachMigrated({ after })) {
  describe(`the directory on ${adapter}`, () => describeDirectory(sql))
}
