import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCalls } from './index.ts'

const device = { rtpCapabilities: { codecs: [], headerExtensions: [] }, createDevice: () => assert.fail('no room') }

/** Calls of somebody who gives up at one of the steps of coming in, with what was asked of the service by then. */
function createGivingUp(step: 'at first' | 'device' | 'join') {
  const asked: string[] = []
  const giving = new AbortController()
  const take = (name: string) => {
    asked.push(name)
    if (name === step) giving.abort()
  }
  // Of all that the service answers, this is read before a socket is opened, which is to stay closed here.
  const calls = new Proxy(
    {},
    {
      get: (_, name: string) => async () => {
        take(name)
        return { signaling_url: 'wss://example.org/v1/ws/signaling', join_token: 'join-1' }
      },
    },
  )
  const access = { session: { on: () => assert.fail('a socket') } }
  const needed = {
    rest: { calls },
    access,
    findDevice: async () => {
      take('device')
      return device
    },
  }
  take('at first')
  const entering = { signal: giving.signal }
  return { asked, entering, calls: createCalls(needed as unknown as Parameters<typeof createCalls>[0]) }
}

test('who gives up before his socket is open neither comes into the call nor stays in it', async () => {
  for (const [step, expected] of [
    ['at first', ['at first']],
    ['device', ['at first', 'device']],
    ['join', ['at first', 'device', 'join', 'leave']],
  ] as const) {
    const { asked, entering, calls } = createGivingUp(step)
    await assert.rejects(calls.join('the-call', entering), { name: 'AbortError' })
    assert.deepEqual(asked, expected)
  }
})
