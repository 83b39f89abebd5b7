import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalKv } from '@secureconnect/kv'
import { ownAccount, people } from '@secureconnect/protocol'
import { createInput, sendOperation } from '@secureconnect/test/helpers'
import { ownPostgresServer } from '@secureconnect/test/stack'
import { ask, goodPassword, onPostgres, registerPerson, startAuthOn } from './test-auth.ts'

test('without SQL people and accounts answer 503 and when to come back; what was asked for before is done after it', async (t) => {
  const server = await ownPostgresServer(t)
  const kv = createLocalKv()
  t.after(() => kv.close())
  const auth = await startAuthOn(t, { ...onPostgres(server), openKv: async () => kv })
  const [ada, bob] = [await registerPerson(auth), await registerPerson(auth)]
  const erasing = await ask(`${auth.address}/v1/users/me`, {
    method: 'DELETE',
    token: bob.access_token,
    body: { password: goodPassword },
  })
  assert.equal(erasing.status, 202)
  await server.kill()
  const named = { user_id: bob.user.user_id, password: goodPassword }
  for (const operation of [...Object.values(people), ...Object.values(ownAccount)]) {
    const input = createInput(operation, { named })
    const answer = await sendOperation(auth.address, operation, { input, token: ada.access_token, headers: {} })
    const retryAfter = Number(answer.headers.get('retry-after'))
    assert.deepEqual([answer.status, answer.code], [503, 'SERVICE_UNAVAILABLE'], `${operation.name} ${answer.text}`)
    assert.ok(retryAfter >= 1 && retryAfter <= 5, `${operation.name}: ${retryAfter}`)
  }
  await server.restart()
  const profile = () => ask(`${auth.address}/v1/users/${bob.user.user_id}`, { token: ada.access_token })
  let status = 503
  while (status === 503) {
    await sleep(100)
    status = (await profile()).status
  }
  assert.equal(status, 404)
  await auth.line((line) => line.message === 'account erased' && line.user_id === bob.user.user_id)
})
