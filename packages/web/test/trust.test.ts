import { test } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { mediaWorker } from '@secureconnect/test/stack'
import { openHouse } from './visitors.ts'
import { callEncrypted } from './visits/encrypted-calls.ts'

const fullSize = onlyAtFullSize('packages/sdk tries each day what lies behind it, and visits what is seen first')

// One system and one browser for all of it.
test('people rely on encryption in the client', fullSize, async (t) => {
  const house = await openHouse(t, { MEDIASOUP_WORKER_BIN: await mediaWorker() })
  for (const [what, visit] of Object.entries({
    'people call each other, and nobody else sees and hears it': callEncrypted,
  })) {
    await t.test(what, async (part) => {
      part.after(() => house.leave())
      await visit(part, house)
    })
  }
})
