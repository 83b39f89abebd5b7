import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { type TestContext, test } from 'node:test'
import type { types } from 'mediasoup'
import { WorkerLoad } from './worker-load.ts'

const restMs = 60_000
const idleWorker = { getResourceUsage: async () => ({ ru_utime: 0, ru_stime: 0 }) as types.WorkerResourceUsage }

/** A load whose time the test moves on, and streams in it that send so many packets a second. */
function createLoad(t: TestContext) {
  let now = 0
  t.mock.method(performance, 'now', () => now)
  const load = new WorkerLoad()
  const add = (count: number, perSecond: number, paused = false) => {
    for (const addedAt = now; count > 0; count -= 1) {
      const getStats = async () => [
        { type: 'outbound-rtp', packetCount: ((now - addedAt) / 1_000) * perSecond, fractionLost: 0 },
      ]
      // What of a consumer the load looks at.
      load.add({ closed: false, paused, getStats, observer: new EventEmitter() } as unknown as types.Consumer)
    }
  }
  const measure = async (times: number, everyMs = 2_000) => {
    for (; times > 0; times -= 1) {
      now += everyMs
      await load.measure(idleWorker)
    }
  }
  return { load, add, measure }
}

test('the load of a worker is what its streams send, once all were looked at', async (t) => {
  const { load, add, measure } = createLoad(t)
  add(50, 250)
  await measure(2, restMs)
  assert.equal(load.ratio, 0.5)
})

test('a rush is seen before it was measured: what nobody looked at yet is taken for what others were found to be', async (t) => {
  const { load, add, measure } = createLoad(t)
  add(25, 250)
  await measure(1, restMs)
  assert.equal(load.ratio, 0.25)
  add(75, 250)
  assert.ok(load.ratio >= 1, `${load.ratio}`)
})

test('streams that are paused weigh nothing, however fast they were', async (t) => {
  const { load, add, measure } = createLoad(t)
  add(25, 250, true)
  await measure(2, restMs)
  assert.equal(load.ratio, 0)
})
