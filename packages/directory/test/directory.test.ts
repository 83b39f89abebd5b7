import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { PublicKey } from '@secureconnect/protocol'
import { newId, type Sql } from '@secureconnect/sql'
import { openEachMigrated } from '@secureconnect/sql/testing'
import {
  areFriends,
  assertNotBlocked,
  findUser,
  isAdmin,
  isBlockedBetween,
  listBlockedIds,
  listHealth,
  listPublicKeys,
  savePublicKeys,
  writeHealth,
} from '../src/index.ts'

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
      avatar_file_id: null,
      role: 'user',
      status: 'offline',
    })
    assert.equal(await findUser(sql, newId()), undefined)
    await sql.execute`update users set erasing_at = now() where user_id = ${userId}`
    assert.equal(await findUser(sql, userId), undefined)
  })

  test('a block stands between two people whoever made it, and a friendship only once it is accepted', async () => {
    const [ada, bob, eve] = [newId(), newId(), newId()]
    for (const id of [ada, bob, eve]) {
      await sql.execute`
        insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
        values (${id}, ${id}, ${id}, ${id}, ${id}, 'Somebody', 'hash', 'pepper-1')`
    }
    await sql.execute`insert into blocks (user_id, blocked_id) values (${ada}, ${bob}), (${eve}, ${ada}), (${ada}, ${eve})`
    for (const [a, b, isBlocked] of [
      [ada, bob, true],
      [bob, ada, true],
      [bob, eve, false],
    ] as const) {
      assert.equal(await isBlockedBetween(sql, a, b), isBlocked)
      if (isBlocked) await assert.rejects(assertNotBlocked(sql, a, b), { code: 'BLOCKED' })
      else await assertNotBlocked(sql, a, b)
    }
    assert.deepEqual((await listBlockedIds(sql, ada)).toSorted(), [bob, eve].toSorted())
    assert.deepEqual(await listBlockedIds(sql, bob), [ada])
    assert.deepEqual(await listBlockedIds(sql, newId()), [])
    await sql.execute`
      insert into friendships (low_id, high_id, state, asked_by, request_id)
      values (least(${bob}::uuid, ${eve}::uuid), greatest(${bob}::uuid, ${eve}::uuid), 'requested', ${bob}, ${newId()})`
    assert.deepEqual([await areFriends(sql, bob, eve), await areFriends(sql, eve, bob)], [false, false])
    await sql.execute`update friendships set state = 'friends'`
    assert.deepEqual([await areFriends(sql, bob, eve), await areFriends(sql, eve, bob)], [true, true])
    assert.equal(await areFriends(sql, ada, bob), false)
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
