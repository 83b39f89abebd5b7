import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createLocalKv } from '@secureconnect/kv'
import { accounts, sessions } from '@secureconnect/protocol'
import { sendOperation } from '@secureconnect/test/helpers'
import { ownPostgresServer } from '@secureconnect/test/stack'
import { ask, onPostgres, registerPerson, startAuthOn } from './test-auth.ts'

test('without SQL nobody is signed out, told so, or taken for somebody whose token is bad', async (t) => {
  const server = await ownPostgresServer(t)
  const kv = createLocalKv()
  t.after(() => kv.close())
  const auth = await startAuthOn(t, { ...onPostgres(server), openKv: async () => kv })
  const { access_token: token, refresh_token, session_id } = await registerPerson(auth)
  assert.equal((await ask(`${auth.address}/v1/auth/profile`, { token })).status, 200)
  const params = { session_id }
  const body = { refresh_token }

  await server.kill()
  const headers = { origin: new URL(auth.context.config.publicUrl).origin }
  for (const operation of [...Object.values(sessions), accounts.refresh]) {
    const input = { params, query: {}, body: operation === accounts.refresh ? body : undefined }
    const answer = await sendOperation(auth.address, operation, { input, token, headers })
    const retryAfter = Number(answer.headers.get('retry-after'))
    assert.deepEqual([answer.status, answer.code], [503, 'SERVICE_UNAVAILABLE'], operation.name)
    assert.ok(retryAfter >= 1 && retryAfter <= 5, `${operation.name}: ${retryAfter}`)
  }
  // Keys and revocations are at hand: who may not come in is still told so, and nobody else is.
  const forged = await ask(`${auth.address}/v1/auth/profile`, { token: `${token.slice(0, -8)}AAAAAAAA` })
  assert.equal(forged.status, 401)

  await server.restart()
  let refreshed = await ask(`${auth.address}/v1/auth/refresh`, { body })
  while (refreshed.status === 503) {
    await delay(100)
    refreshed = await ask(`${auth.address}/v1/auth/refresh`, { body })
  }
  assert.equal(refreshed.status, 200)
  assert.equal((await ask(`${auth.address}/v1/auth/profile`, { token })).status, 200)
})
