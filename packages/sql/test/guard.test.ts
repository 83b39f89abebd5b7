import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqlUnavailable } from '../src/errors.ts'
import { createGuard } from '../src/guard.ts'
import { createTestMetrics, silentLog } from './testing.ts'

const open = 2

function startGuard() {
  const metrics = createTestMetrics()
  const guard = createGuard({ metrics, log: silentLog })
  const fail = async (reason: 'timeout' | 'exhausted') => {
    throw new SqlUnavailable(reason)
  }
  return {
    state: async () => (await metrics.circuitBreakerState.get()).values[0]?.value,
    hang: () => assert.rejects(guard.run(() => fail('timeout'))),
    answer: () => guard.run(async () => undefined),
    probeInVain: () => assert.rejects(guard.probe(() => fail('exhausted'))),
  }
}

test('a server that hangs with all connections in use is found to be away by probes that get none', async () => {
  const { state, hang, probeInVain } = startGuard()
  await hang()
  await probeInVain()
  await probeInVain()
  assert.equal(await state(), open)
})

test('a server that answers is not taken to be away because all connections are in use', async () => {
  const { state, hang, answer, probeInVain } = startGuard()
  await hang()
  await answer()
  for (let time = 0; time < 5; time += 1) await probeInVain()
  assert.equal(await state(), 0)
})
