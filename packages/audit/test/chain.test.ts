import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId, type Sql } from '@secureconnect/sql'
import { adapters, createTestMetrics, openMigrated, silentLog } from '@secureconnect/sql/testing'
import { scale } from '@secureconnect/test/helpers'
import { extendChain, hashEvent, trimChain } from '../src/chain.ts'
import { createAudit, verifyAuditChain } from '../src/index.ts'
import { insertEvents, listChained } from '../src/store.ts'

async function addEvents(sql: Sql, count: number, ageDays = 0): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => ({
    event_id: newId(),
    occurred_at: new Date(Date.now() - ageDays * 86_400_000),
    service: 'auth-service',
    user_id: newId(),
    session_hash: '0123abcd',
    resource: 'session',
    action: 'login',
    target_id: n % 2 === 0 ? null : newId(),
    result: 'allowed' as const,
    reason: n % 2 === 0 ? null : 'password',
    client_ip: '2001:db8::1',
    request_id: `request-${n}`,
    trace_id: null,
  }))
  await insertEvents(sql, events)
}

async function chainAll(sql: Sql): Promise<void> {
  while (await extendChain(sql));
}

/** Changes an event as somebody would who knows how hashes are made: its own, and what the next one says of it. */
async function rewriteWithHash(sql: Sql, seq: number): Promise<void> {
  const [event = assert.fail()] = await listChained(sql, seq - 1, 1)
  const hash = hashEvent({ ...event, result: 'denied' }, { seq, prevHash: event.prev_hash })
  await sql.execute`update audit_events set result = 'denied', hash = ${hash} where chain_seq = ${seq}`
  await sql.execute`update audit_events set prev_hash = ${hash} where chain_seq = ${seq + 1}`
}

for (const adapter of adapters) {
  test(`on ${adapter}, a chain of many events is proved whole, and rows it has not reached are named`, async (t) => {
    const { sql } = await openMigrated(t, adapter)
    const count = scale(20_000, 1_200)
    for (let added = 0; added < count; added += 400) await addEvents(sql, 400)
    await chainAll(sql)
    const whole = await verifyAuditChain(sql)
    assert.deepEqual(whole, { isIntact: true, checked: whole.checked, faults: [], pendingIds: [] })
    assert.ok(whole.checked >= count)
    await addEvents(sql, 2)
    const growing = await verifyAuditChain(sql)
    assert.equal(growing.isIntact, true)
    assert.equal(growing.pendingIds.length, 2)
  })

  test(`on ${adapter}, each way to tamper with the chain is found and placed`, async (t) => {
    const { sql } = await openMigrated(t, adapter)
    await addEvents(sql, 10)
    await chainAll(sql)
    const faultsAfter = async (tamper: () => Promise<unknown>, undo: () => Promise<unknown>) => {
      await tamper()
      const { faults } = await verifyAuditChain(sql)
      await undo()
      return faults.map(({ seq, kind }) => [seq, kind])
    }
    await sql.execute`create table spare as select * from audit_events`
    const restore = async () => {
      await sql.execute`delete from audit_events`
      await sql.execute`insert into audit_events select * from spare`
    }
    const altered = await faultsAfter(
      () => sql.execute`update audit_events set result = 'denied' where chain_seq = 4`,
      restore,
    )
    assert.deepEqual(altered, [[4, 'altered']])
    const removed = await faultsAfter(() => sql.execute`delete from audit_events where chain_seq = 6`, restore)
    assert.deepEqual(removed, [[6, 'missing']])
    const cut = await faultsAfter(() => sql.execute`delete from audit_events where chain_seq > 8`, restore)
    assert.deepEqual(cut, [[10, 'wrong end']])
    const swapped = await faultsAfter(async () => {
      await sql.execute`update audit_events set chain_seq = 100 where chain_seq = 2`
      await sql.execute`update audit_events set chain_seq = 2 where chain_seq = 3`
      await sql.execute`update audit_events set chain_seq = 3 where chain_seq = 100`
    }, restore)
    assert.deepEqual(swapped[0], [2, 'altered'])
    const rehashed = await faultsAfter(() => rewriteWithHash(sql, 4), restore)
    assert.deepEqual(rehashed, [[5, 'altered']])
    assert.equal((await verifyAuditChain(sql)).isIntact, true)
  })

  test(`on ${adapter}, events past their time are dropped and what is left can still be proved`, async (t) => {
    const { sql } = await openMigrated(t, adapter)
    await addEvents(sql, 30, 401)
    await addEvents(sql, 5, 399)
    await chainAll(sql)
    while (await trimChain(sql));
    assert.deepEqual(await verifyAuditChain(sql), { isIntact: true, checked: 5, faults: [], pendingIds: [] })
    await sql.execute`update audit_events set occurred_at = occurred_at - interval '2 days'`
    assert.equal(await trimChain(sql), false)
    assert.deepEqual(await verifyAuditChain(sql), { isIntact: true, checked: 0, faults: [], pendingIds: [] })
    await addEvents(sql, 1)
    await chainAll(sql)
    assert.equal((await verifyAuditChain(sql)).isIntact, true)
  })

  test(`on ${adapter}, processes side by side build one chain without a gap`, async (t) => {
    const { sql } = await openMigrated(t, adapter)
    const metrics = createTestMetrics()
    const audits = Array.from({ length: 3 }, () =>
      createAudit({ service: 'auth-service', sql, log: silentLog, metrics }),
    )
    t.after(() => Promise.all(audits.map((audit) => audit.close())))
    const count = scale(3_000, 300)
    for (let n = 0; n < count; n++) {
      audits[n % 3]?.record({ resource: 'session', action: 'refresh', result: 'allowed' })
      if (n % 100 === 0) await sleep(10)
    }
    for (;;) {
      const { checked, faults, pendingIds } = await verifyAuditChain(sql)
      assert.deepEqual(faults, [])
      if (checked === count && pendingIds.length === 0) break
      await sleep(100)
    }
  })
}
