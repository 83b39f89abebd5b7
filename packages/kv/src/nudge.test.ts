import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLocalKv } from './local-kv.ts'
import { nudge } from './nudge.ts'

test('a nudge reaches who listens, and one that cannot go out is nobody’s failure', async () => {
  await using kv = createLocalKv()
  const heard = Promise.withResolvers<string>()
  await using _ = await kv.subscribe('mails', heard.resolve)
  nudge(kv, 'mails', 'look')
  assert.equal(await heard.promise, 'look')

  nudge({ publish: () => Promise.reject(new Error('away')) }, 'mails', 'look')
  // A rejection that nobody handles fails the test by then.
  await nextTurn()
})
