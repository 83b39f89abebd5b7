import { test } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { mediaWorker } from '@secureconnect/test/stack'
import { openHouse } from './visitors.ts'
import { callEncrypted } from './visits/encrypted-calls.ts'
import { relyOnDevices } from './visits/relying.ts'

const fullSize = onlyAtFullSize('packages/sdk tries each day what lies behind it, and visits what is seen first')

const visits = {
  'people call each other, and nobody else sees and hears it': callEncrypted,
  'people rely on each other’s devices, and on a backup of what they read': relyOnDevices,
}

// One system and one browser for all of it.
test('people rely on encryption in the client', fullSize, async (t) => {
  const house = await openHouse(t, { MEDIASOUP_WORKER_BIN: await mediaWorker(), RATELIMIT_KEYS: '600' })
  for (const [what, visit] of Object.entries(visits)) {
    await t.test(what, async (part) => {
      part.after(() => house.leave())
      await visit(part, house)
    })
  }
})
