import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startFakeFirebase } from '../test/fake-firebase.ts'
import { tryFirebase } from './try-firebase.ts'

async function start(t: TestContext) {
  const firebase = await startFakeFirebase()
  t.after(() => firebase.close())
  return firebase
}

test('credentials are tried without a push, and why they are no good is told', async (t) => {
  const firebase = await start(t)
  await tryFirebase(firebase.credentials)
  assert.deepEqual([firebase.grants, firebase.received], [1, []])
  const { credentials: ofAnother } = await start(t)
  const { token_uri } = JSON.parse(firebase.credentials)
  await assert.rejects(
    tryFirebase(JSON.stringify({ ...JSON.parse(ofAnother), token_uri })),
    /no access token was given/,
  )
  await assert.rejects(tryFirebase('{}'), /is no service account/)
})
