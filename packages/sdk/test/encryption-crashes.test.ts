import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { shareInSuite } from '@secureconnect/test/services'
import { createMemoryVault } from '../src/encryption/index.ts'
import { type Client, createClient } from '../src/index.ts'
import { comeIn, createGroup, inviteTo, textOf } from './encrypting-people.ts'
import { newPerson, startSystem } from './system.ts'

type Cleanup = { after: (work: () => unknown) => void }

async function startTwo(t: Cleanup) {
  const address = await startSystem(t, { RATELIMIT_KEYS: '10000' })
  const invited = inviteTo(address)
  return { address, ...invited, ada: await invited.start(t), bob: await invited.start(t) }
}

type Create = Client['rest']['commits']['create']

/** A client whose commits go another way than to the service and back. */
function sendCommitsBy(
  address: string,
  way: (create: Create, input: Parameters<Create>[0]) => ReturnType<Create>,
): Client {
  const client = createClient({ address })
  const { create } = client.rest.commits
  const commits = { ...client.rest.commits, create: (input: Parameters<Create>[0]) => way(create, input) }
  return Object.create(client, { rest: { value: { ...client.rest, commits } } })
}

/** Where somebody's process ends as it sends a commit; `reached` is told, and nothing comes back from there. */
const crashes: Readonly<Record<string, (create: Create, input: Parameters<Create>[0]) => Promise<void>>> = {
  'before the service has it': async () => undefined,
  'after the service took it': async (create, input) => void (await create(input)),
}

suite('encryption where things go wrong or come often', onlyAtFullSize('it starts a system of its own'), () => {
  const shared = shareInSuite(startTwo)

  for (const [place, reach] of Object.entries(crashes)) {
    test(`whoever ends as he changes keys goes on by himself once he is back: ${place}`, async (t) => {
      const { address, start, startAnother, ada, bob } = shared()
      const [person, vault] = [newPerson(), createMemoryVault()]
      const { promise: crashed, resolve: crash } = Promise.withResolvers<void>()
      let isLast = false
      const client = sendCommitsBy(address, async (create, input) => {
        if (!isLast) return create(input)
        await reach(create, input)
        crash()
        return new Promise(() => undefined)
      })
      const eve = await start(t, { client, person, vault })
      const id = await createGroup(ada, [eve, bob])
      await ada.encryption.send(textOf(id, 'Begun'))
      await comeIn(eve, id)
      await eve.encryption.send(textOf(id, 'From eve'))
      isLast = true
      void eve.encryption.rekey(id)
      await crashed
      eve.encryption[Symbol.dispose]()
      eve.client.close()
      await ada.encryption.send(textOf(id, 'While you were away'))
      const again = await startAnother(t, eve, vault)
      await again.client.chat.subscribe({ [id]: null })
      const [missed] = (await again.client.rest.messages.list({ conversation_id: id })).messages
      assert.ok(missed)
      assert.equal((await again.encryption.open(missed))?.content, 'While you were away')
      await again.encryption.send(textOf(id, 'Back'))
      assert.equal((await bob.hear(id, 4)).at(-1), 'Back')
      await again.encryption.rekey(id)
      await again.encryption.send(textOf(id, 'With new keys'))
      assert.equal((await ada.hear(id, 5)).at(-1), 'With new keys')
      assert.deepEqual(again.faults, [])
      assert.deepEqual(await vault.list('pending:'), [])
    })
  }

  test('who makes many groups with somebody in a day brings him into all of them', async () => {
    const { ada, bob } = shared()
    for (let count = 0; count < 12; count += 1) {
      const id = await createGroup(ada, [bob])
      await ada.encryption.send(textOf(id, `Group ${count}`))
      await comeIn(bob, id)
      assert.deepEqual(await bob.hear(id, 1), [`Group ${count}`])
    }
    assert.deepEqual([ada.faults, bob.faults], [[], []])
  })
})
