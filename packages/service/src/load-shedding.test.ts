import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { accounts } from '@secureconnect/protocol'
import { judgeLoad, LoadMonitor, priorityOf } from './load-shedding.ts'

test('a blocked or saturated event loop raises the level, and it takes either', () => {
  const cases: [number, number, number][] = [
    [20, 0.5, 0],
    [150, 0.95, 0],
    [151, 0.1, 1],
    [5, 0.96, 1],
    [501, 0.1, 2],
    [5, 0.995, 2],
  ]
  for (const [delayMs, utilization, level] of cases) assert.equal(judgeLoad(delayMs, utilization), level)
})

/** Keeps the event loop busy for the given time, letting timers through now and then. */
async function keepBusy(totalMs: number): Promise<void> {
  const endsAt = performance.now() + totalMs
  while (performance.now() < endsAt) {
    const pauseAt = performance.now() + 200
    while (performance.now() < pauseAt);
    await setImmediate()
  }
}

test('one pause refuses nobody, load that lasts does, and its end is seen', async (t) => {
  const monitor = new LoadMonitor()
  t.after(() => monitor.close())
  await keepBusy(400)
  await setTimeout(600)
  assert.equal(monitor.level, 0)
  await keepBusy(2_500)
  assert.ok(monitor.level > 0)
  while (monitor.level > 0) await setTimeout(50)
})

test('refreshing and the public keys go through whatever happens, reads go first', () => {
  assert.equal(priorityOf(accounts.refresh), 'critical')
  assert.equal(priorityOf(accounts.keys), 'critical')
  assert.equal(priorityOf(accounts.login), 'interactive')
  assert.equal(priorityOf(accounts.getMe), 'read')
})
