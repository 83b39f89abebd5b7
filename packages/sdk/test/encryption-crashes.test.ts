import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { shareInSuite } from '@secureconnect/test/services'
import { createMemoryVault, type Vault } from '../src/encryption/index.ts'
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

/** A vault whose device ends at one of its writes, which is not carried out any more, once `dieAt` says which. */
function createMortal(vault: Vault) {
  const { promise: died, resolve } = Promise.withResolvers<'died'>()
  let left = Number.POSITIVE_INFINITY
  const mortal: Vault = {
    ...vault,
    async write(changes) {
      left -= 1
      if (left >= 0) return vault.write(changes)
      resolve('died')
      return new Promise(() => undefined)
    },
  }
  const dieAt = (write: number) => {
    left = write - 1
  }
  return { mortal, died, dieAt }
}

type Someone = Awaited<ReturnType<typeof startTwo>>['ada']

function leave({ encryption, client }: Someone): void {
  encryption[Symbol.dispose]()
  client.close()
}

type Returning = { id: string; other: Someone; comeBack: () => Promise<Someone> }

/** Whoever ended reads what another one says before he is back, and is read. */
async function assertGoesOn({ id, other, comeBack }: Returning): Promise<Someone> {
  await other.encryption.send(textOf(id, 'While you were away'))
  const back = await comeBack()
  await back.client.chat.subscribe({ [id]: null })
  await back.encryption.settle(id)
  const [missed] = (await back.client.rest.messages.list({ conversation_id: id })).messages
  assert.ok(missed)
  assert.equal((await back.encryption.open(missed))?.content, 'While you were away')
  await back.encryption.send(textOf(id, 'Back'))
  assert.equal((await other.hear(id, 2)).at(-1), 'Back')
  assert.deepEqual([back.faults, await back.vault.list('pending:')], [[], []])
  return back
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

  test('whoever ends at any write as he begins a group loses nothing, and goes on once he is back', async (t) => {
    const { start, startAnother, bob } = shared()
    const vault = createMemoryVault()
    let eve = await start(t, { vault })
    for (let write = 1, end = 'died'; end === 'died'; write += 1) {
      const { mortal, died, dieAt } = createMortal(vault)
      leave(eve)
      eve = await startAnother(t, eve, mortal)
      const id = await createGroup(eve, [bob])
      dieAt(write)
      end = await Promise.race([died, eve.encryption.settle(id).then(() => 'lived')])
      leave(eve)
      eve = await assertGoesOn({ id, other: bob, comeBack: () => startAnother(t, eve, vault) })
    }
  })

  test('whoever ends at any write as he comes in by himself loses nothing, and goes on once he is back', async (t) => {
    const { start, startAnother } = shared()
    let [dan, eve] = [await start(t), await start(t)]
    for (let write = 1, end = 'died'; end === 'died'; write += 1) {
      const id = await createGroup(dan, [eve])
      await dan.encryption.settle(id)
      for (const one of [dan, eve]) leave(one)
      const vault = createMemoryVault()
      const { mortal, died, dieAt } = createMortal(vault)
      const phone = await startAnother(t, eve, mortal)
      dieAt(write)
      end = await Promise.race([died, phone.encryption.settle(id).then(() => 'lived')])
      leave(phone)
      dan = await startAnother(t, dan, dan.vault)
      await dan.client.chat.subscribe({ [id]: null })
      leave(await assertGoesOn({ id, other: dan, comeBack: () => startAnother(t, phone, vault) }))
      eve = await startAnother(t, eve, eve.vault)
    }
  })

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
