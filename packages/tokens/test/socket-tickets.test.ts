import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { column, newId, type Sql } from '@secureconnect/sql'
import { openEachMigrated } from '@secureconnect/sql/testing'
import { Type } from 'typebox'
import { dropPastTickets, issueSocketTicket, takeSocketTicket } from '../src/index.ts'

const origin = 'https://app.example.org'
const CountRow = Type.Object({ count: column.integer })
const HashRow = Type.Object({ ticket_hash: column.bytes })

function describeTickets(sql: Sql): void {
  async function openSession() {
    const [userId, sessionId] = [newId(), newId()]
    await sql.execute`
      insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
      values (${userId}, ${userId}, ${userId}, ${`u-${userId}`}, ${userId}, 'Ada', 'none', 'none')`
    await sql.execute`
      insert into sessions (session_id, user_id, network, salt, generation, rotated_at, idle_expires_at, absolute_expires_at)
      values (${sessionId}, ${userId}, '192.0.2.1', ${Buffer.alloc(16)}, 1, now(), now() + interval '1 day', now() + interval '1 day')`
    const expiresAt = new Date(Date.now() + 900_000)
    const issue = () => issueSocketTicket(sql, { caller: { sessionId, expiresAt }, origin })
    return { userId, sessionId, expiresAt, issue }
  }
  const take = (ticket: string, from = origin) => takeSocketTicket(sql, { ticket, origin: from })
  const countTickets = async () => (await sql.one(CountRow)`select count(*)::int as count from socket_tickets`).count

  test('a ticket stands for its session once, for as long as the token that got it', async () => {
    const { userId, sessionId, expiresAt, issue } = await openSession()
    const ticket = await issue()
    assert.deepEqual(await take(ticket), { userId, sessionId, username: `u-${userId}`, role: 'user', expiresAt })
    await assert.rejects(take(ticket), { code: 'UNAUTHORIZED' })
  })

  test('of many who show one ticket at once, one gets in', async () => {
    const { issue } = await openSession()
    const ticket = await issue()
    const attempts = await Promise.allSettled(Array.from({ length: 10 }, () => take(ticket)))
    assert.equal(attempts.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  test('a page of another origin gets nothing, and the ticket is used up', async () => {
    const { issue } = await openSession()
    const ticket = await issue()
    await assert.rejects(take(ticket, 'https://evil.example'), { code: 'FORBIDDEN' })
    await assert.rejects(take(ticket), { code: 'UNAUTHORIZED' })
  })

  test('after half a minute, or once its session has ended, a ticket opens nothing', async () => {
    const { sessionId, issue } = await openSession()
    const late = await issue()
    await sql.execute`update socket_tickets set expires_at = expires_at - interval '30 seconds' where session_id = ${sessionId}`
    await assert.rejects(take(late), { code: 'UNAUTHORIZED' })
    const ticket = await issue()
    await sql.execute`update sessions set status = 'ended' where session_id = ${sessionId}`
    await assert.rejects(take(ticket), { code: 'TOKEN_REVOKED' })
  })

  test('what is no ticket is refused without asking the database', async () => {
    const none = { maybeOne: () => assert.fail('asked') } as never
    for (const ticket of [
      '',
      'x',
      'a'.repeat(42),
      'a'.repeat(44),
      `${'a'.repeat(42)}=`,
      `${'a'.repeat(43)}\n`,
      "' or 1=1",
    ]) {
      await assert.rejects(takeSocketTicket(none, { ticket, origin }), { code: 'UNAUTHORIZED' })
    }
    await assert.rejects(take('a'.repeat(43)), { code: 'UNAUTHORIZED' })
  })

  test('the database holds a hash of the ticket, and drops it when nobody came', async () => {
    await sql.execute`delete from socket_tickets`
    const { issue } = await openSession()
    const ticket = await issue()
    const { ticket_hash } = await sql.one(HashRow)`select ticket_hash from socket_tickets`
    assert.deepEqual(ticket_hash, createHash('sha256').update(ticket).digest())
    assert.equal(Buffer.from(ticket, 'base64url').length, 32)
    await dropPastTickets(sql)
    assert.equal(await countTickets(), 1)
    await sql.execute`update socket_tickets set expires_at = now() - interval '1 second'`
    await dropPastTickets(sql)
    assert.equal(await countTickets(), 0)
  })
}

for (const { adapter, sql } of await openEachMigrated({ after })) {
  describe(`tickets on ${adapter}`, () => describeTickets(sql))
}
