import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ownRedisServer, redisServer } from '@secureconnect/test/stack'
import { type Auth, ask, registerPerson } from './test-auth.ts'
import { startTwo } from './two-processes.ts'

const me = ({ address }: Auth, token: string) => ask(`${address}/v1/users/me`, { token })
const logout = ({ address }: Auth, token: string) => ask(`${address}/v1/auth/logout`, { method: 'POST', token })
const refresh = ({ address }: Auth, refresh_token: string) =>
  ask(`${address}/v1/auth/refresh`, { body: { refresh_token } })

/** How long after its end a session still counts at another process. */
async function measureRevocationMs([here, there]: [Auth, Auth]): Promise<number> {
  const { access_token, refresh_token } = await registerPerson(here)
  assert.equal((await me(there, access_token)).status, 200)
  await logout(here, access_token)
  const endedAt = performance.now()
  assert.equal((await refresh(there, refresh_token)).code, 'INVALID_GRANT')
  for (;;) {
    const { status, code } = await me(there, access_token)
    if (status === 401) {
      assert.equal(code, 'TOKEN_REVOKED')
      return performance.now() - endedAt
    }
    await delay(20)
  }
}

test('a session that ended at one process has ended at the other within a second', async (t) => {
  const both = await startTwo(t, { redis: await redisServer() })
  for (let i = 0; i < 3; i += 1) {
    const ms = await measureRevocationMs(both)
    assert.ok(ms < 1_000, `${ms} ms`)
  }
})

test('without Redis it takes three seconds at most', async (t) => {
  const both = await startTwo(t, { redis: undefined })
  const ms = await measureRevocationMs(both)
  assert.ok(ms < 3_000, `${ms} ms`)
})

test('nor does it take longer with a Redis that hangs, and then dies', async (t) => {
  const redis = await ownRedisServer(t)
  const both = await startTwo(t, { redis })
  for (const fault of ['freeze', 'kill'] as const) {
    await redis[fault]()
    const ms = await measureRevocationMs(both)
    assert.ok(ms < 3_000, `${fault}: ${ms} ms`)
  }
})

test('50 refreshes of one token at two processes give one child, and nobody is signed out', async (t) => {
  const both = await startTwo(t, { redis: await redisServer() })
  let { refresh_token: token } = await registerPerson(both[0])
  // In the first round most of them still wait for connections to the database; later they meet.
  for (let round = 0; round < 4; round += 1) {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => refresh(both[i % 2 ? 0 : 1], token)))
    const granted = answers.filter(({ status }) => status === 200)
    // On a busy machine some wait too long for a connection: they are told to come back, and not that they are signed out.
    const refusals = new Set(answers.filter((answer) => !granted.includes(answer)).map(({ code }) => code))
    assert.deepEqual(
      [...refusals].filter((code) => code !== 'SERVICE_UNAVAILABLE'),
      [],
    )
    const [child, ...others] = new Set(granted.map(({ data }) => data.refresh_token))
    assert.deepEqual(others, [])
    const { data } = await ask(`${both[0].address}/v1/auth/sessions`, { token: granted[0]?.data.access_token })
    assert.equal(data.sessions.length, 1)
    token = child
  }
})
