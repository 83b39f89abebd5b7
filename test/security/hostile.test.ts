import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { limits, rateClasses } from '@secureconnect/protocol'
import { startPreparedSystem } from '@secureconnect/test/embedded'
import { shareInSuite } from '@secureconnect/test/services'
import { testScale } from '../helpers/config.ts'
import { testRandomRequests } from './random-requests.ts'
import { createFront, paths } from './sockets/front.ts'
import { testHostileClients } from './sockets/hostile-clients.ts'
import { testHostileFrames } from './sockets/hostile-frames.ts'
import { watchNeighbour } from './sockets/neighbour.ts'

/** Here one person asks for thousands. */
const rates = Object.keys(rateClasses).map((name) => [`RATELIMIT_${name.replace(/[.-]/, '_').toUpperCase()}`, '600000'])
/** Every day the machine is busy with other tests, and it says nothing how long an answer takes. */
const patienceMs = testScale === 1 ? limits.requestDeadlineMs : Number.POSITIVE_INFINITY

suite('whatever comes to the gateway', () => {
  const shared = shareInSuite((t) => startPreparedSystem(t, { env: Object.fromEntries(rates) }))
  testRandomRequests(shared)

  const front = shareInSuite(async () => createFront(shared()))
  const neighbour = shareInSuite(async (t) => {
    const socket = await front().open(t, paths.chat, await front().signUp())
    return watchNeighbour(socket)
  })
  testHostileFrames(front)
  testHostileClients(front)

  test('all others were served meanwhile, and nothing was a fault of ours', async (t) => {
    const worstMs = await neighbour().stop()
    t.diagnostic(`a neighbour waited for ${worstMs.toFixed(0)} ms at most`)
    assert.ok(worstMs < patienceMs, `${worstMs} ms`)
    const lines = readFileSync(shared().system.logFile, 'utf8').trim().split('\n')
    const faults = lines.filter((line) => JSON.parse(line).level === 'error')
    assert.deepEqual(faults, [])
  })
})
