import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listPublicKeys } from '@secureconnect/directory'
import { createKeyRing, createTokenCheck } from '@secureconnect/tokens'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { generateSigningKey } from '../src/index.ts'
import { type Auth, ask, createSecrets, registerPerson, startAuthOn } from './test-auth.ts'
import { createSharedPlatform } from './two-processes.ts'

const [old, next] = [generateSigningKey('active'), generateSigningKey('pending')]

/** What the secret holds, one after the other, while a key replaces another. */
const stages = [
  [{ ...old, state: 'active' }],
  [
    { ...old, state: 'active' },
    { ...next, state: 'pending' },
  ],
  [
    { ...old, state: 'retiring' },
    { ...next, state: 'active' },
  ],
  [{ ...next, state: 'active' }],
]

test('a signing key is replaced while two processes go on, and every token that is signed meanwhile counts everywhere', async (t) => {
  const openPlatform = await createSharedPlatform(t, { redis: undefined })
  const secrets = createSecrets()
  const start = (keys: object[]) =>
    startAuthOn(t, openPlatform(), { ...secrets, JWT_SIGNING_KEYS: JSON.stringify({ keys }) })
  const [first = []] = stages
  const running: [Auth, Auth] = [await start(first), await start(first)]

  // Another service, which runs all the time and verifies what these two sign.
  const { context } = running[0]
  const sql = await openPlatform().openSql(context)
  t.after(() => sql.close())
  const clock = { now: 0 }
  const ring = createKeyRing({ load: () => listPublicKeys(sql), log: context.log, now: () => clock.now })
  t.after(() => ring[Symbol.asyncDispose]())
  const check = createTokenCheck(ring)

  let { access_token: token, refresh_token: refreshToken } = await registerPerson(running[0])
  const usedKeys = new Set<string>()
  const assertAccepted = async () => {
    usedKeys.add(String(decodeProtectedHeader(token).kid))
    for (const { address } of running) {
      assert.equal((await ask(`${address}/v1/auth/profile`, { token })).status, 200)
    }
    await check(token)
    for (const { address } of running) {
      const keys = createRemoteJWKSet(new URL(`${address}/.well-known/jwks.json`))
      await jwtVerify(token, keys, { algorithms: ['ES256'] })
    }
  }
  /** A token of each process, old and new at once, as clients get them while processes are replaced one by one. */
  const assertAllAccepted = async () => {
    for (const { address } of running) {
      const { status, data } = await ask(`${address}/v1/auth/refresh`, { body: { refresh_token: refreshToken } })
      assert.equal(status, 200)
      const before = token
      ;({ access_token: token, refresh_token: refreshToken } = data)
      await assertAccepted()
      await check(before)
    }
  }

  await assertAllAccepted()
  for (const keys of stages.slice(1)) {
    // Between two stages the operator waits longer than verifiers wait to look for keys.
    clock.now += 60_000
    for (const place of [0, 1] as const) {
      await running[place].stop()
      running[place] = await start(keys)
      await assertAllAccepted()
    }
  }
  assert.equal(usedKeys.size, 2)
})
