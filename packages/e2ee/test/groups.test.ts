import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { scale } from '@secureconnect/test/helpers'
import { defaultLifetime } from 'ts-mls/lifetime.js'
import {
  applyCommit,
  createKeyPackage,
  createMemoryVault,
  decodeDevice,
  decodeKeyPackage,
  decrypt,
  describeGroup,
  encodeDevice,
  encodeKeyPackage,
  epochOf,
  GroupError,
  type GroupFault,
  isMember,
  joinByWelcome,
  joinFromOutside,
  listMembers,
  listWelcomed,
  loadGroup,
  makeCommit,
  publishKeyPackage,
  readKeyPackage,
  toChanges,
  toForgetting,
} from '../src/groups/index.ts'
import { capabilities } from '../src/groups/key-packages.ts'
import { toCredential } from '../src/groups/members.ts'
import { generateKeyPackageWithKey } from '../src/groups/mls.ts'
import { loadSuite } from '../src/groups/suite.ts'
import {
  acceptAll,
  conversationId,
  createCircle,
  hear,
  join,
  offer,
  type Peer,
  placeOf,
  say,
  startDevice,
  take,
} from './people.ts'

const isFault = (fault: GroupFault) => (error: unknown) => error instanceof GroupError && error.fault === fault

async function createTrio() {
  const [ada, bob, carol] = await createCircle(3)
  assert.ok(ada && bob && carol)
  return { ada, bob, carol }
}

/** The same text with one bit of its bytes turned. */
function tamper(text: string, place = 0.9): string {
  const bytes = Buffer.from(text, 'base64')
  const at = Math.floor(bytes.length * place)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes.toString('base64')
}

suite('groups', () => {
  test('what one says all others read, each message once', async () => {
    const { ada, bob, carol } = await createTrio()
    const said = await say(ada, 'Hello')
    for (const peer of [bob, carol]) assert.equal(await hear(peer, said, ada.device), 'Hello')
    await assert.rejects(hear(bob, said, ada.device), isFault('REPLAYED'))
  })

  test('messages are read in any order, and after others that never came', async () => {
    const { ada, bob } = await createTrio()
    const said: string[] = []
    for (let count = 0; count < 30; count += 1) said.push(await say(ada, `${count}`))
    for (const count of [29, 3, 0, 17]) assert.equal(await hear(bob, said[count] ?? '', ada.device), `${count}`)
  })

  test('a changed message, another sender or another purpose is noticed, and breaks nothing else', async () => {
    const { ada, bob, carol } = await createTrio()
    const said = await say(ada, 'Pay Bob')
    for (const place of [0.1, 0.3, 0.6, 0.99])
      await assert.rejects(hear(bob, tamper(said, place), ada.device), GroupError, `at ${place}`)
    await assert.rejects(hear(bob, said, carol.device), isFault('FORGED'))
    await assert.rejects(decrypt(bob.group, said, [ada.device.userId, 'edit']), isFault('FORGED'))
    await assert.rejects(hear(bob, 'bm8gbWVzc2FnZQ==', ada.device), isFault('FORGED'))
    assert.equal(await hear(bob, said, ada.device), 'Pay Bob')
  })

  test('who is removed reads nothing from then on, and knows that he is out', async () => {
    const { ada, bob, carol } = await createTrio()
    const made = await makeCommit(ada.group, { remove: [carol.device] })
    const before = carol.group
    await take(made, ada, [bob, carol])
    assert.equal(isMember(carol.group), false)
    const said = await say(ada, 'Without Carol')
    await assert.rejects(hear({ ...carol, group: before }, said, ada.device), isFault('MISSED'))
    await assert.rejects(hear(carol, said, ada.device), GroupError)
    await assert.rejects(say(carol, 'Still here'), isFault('REMOVED'))
    assert.equal(await hear(bob, said, ada.device), 'Without Carol')
  })

  test('a newcomer reads nothing from before, whichever way he came in', async () => {
    const { ada, bob } = await createTrio()
    const said = await say(ada, 'Before Dan')
    const dan = await offer(await startDevice())
    const made = await makeCommit(bob.group, { add: [dan.keyPackage] })
    await take(made, bob, [ada])
    const welcomed = await join(made.welcome, dan)
    await assert.rejects(hear(welcomed, said, ada.device), isFault('STALE'))
    const eve = await startDevice()
    const groupInfo = await describeGroup(ada.group)
    const outside = await joinFromOutside({ groupInfo, device: eve, conversationId, accepts: acceptAll })
    await assert.rejects(hear({ device: eve, group: outside.group }, said, ada.device), isFault('STALE'))
  })

  test('what was sent before a commit is read after it', async () => {
    const { ada, bob } = await createTrio()
    const said = await say(ada, 'Just before')
    bob.group = (await applyCommit(bob.group, (await makeCommit(ada.group)).commit)).group
    assert.equal(await hear(bob, said, ada.device), 'Just before')
  })

  test('of fifty commits at once one wins, and everybody is at the same place', async () => {
    const peers = await createCircle(scale(50, 8))
    const made = await Promise.all(peers.map(({ group }) => makeCommit(group)))
    const winner = made.length - 3
    await Promise.all(
      peers.map(async (peer, index) => {
        const won = made[winner]
        assert.ok(won)
        peer.group = index === winner ? won.group : (await applyCommit(peer.group, won.commit)).group
      }),
    )
    assert.equal(new Set(peers.map(placeOf)).size, 1)
    const [ada, bob] = peers
    assert.ok(ada && bob)
    for (const [index, late] of made.entries())
      if (index !== winner) await assert.rejects(applyCommit(ada.group, late.commit), isFault('STALE'))
    assert.equal(await hear(bob, await say(ada, 'On we go'), ada.device), 'On we go')
  })

  test('a commit that is changed, repeated or withheld is noticed', async () => {
    const { ada, bob, carol } = await createTrio()
    const [first, other] = [await makeCommit(ada.group), await makeCommit(carol.group)]
    await assert.rejects(applyCommit(bob.group, tamper(first.commit)), isFault('FORGED'))
    await take(first, ada, [bob])
    await assert.rejects(applyCommit(bob.group, first.commit), isFault('STALE'))
    const second = await makeCommit(ada.group)
    await take(second, ada, [])
    // Carol was given another commit for the same epoch, and Bob not the second one: neither can read on unnoticed.
    await take(other, carol, [])
    await assert.rejects(applyCommit(carol.group, second.commit), isFault('FORGED'))
    const said = await say(ada, 'Where are you?')
    await assert.rejects(hear(bob, said, ada.device), isFault('MISSED'))
    await assert.rejects(applyCommit(bob.group, (await makeCommit(ada.group)).commit), isFault('MISSED'))
    await take(second, { ...ada }, [bob])
    assert.equal(await hear(bob, said, ada.device), 'Where are you?')
  })

  test('a device takes its own place again by itself, and nobody takes that of another', async () => {
    const { ada, bob, carol } = await createTrio()
    const groupInfo = await describeGroup(bob.group)
    const back = await joinFromOutside({ groupInfo, device: ada.device, conversationId, accepts: acceptAll })
    const { by, added, removed, group } = await applyCommit(bob.group, back.commit)
    assert.deepEqual([by.deviceId, added, removed], [ada.device.deviceId, [], []])
    assert.equal(listMembers(group).length, 3)
    await assert.rejects(applyCommit(carol.group, tamper(back.commit)), isFault('FORGED'))
  })

  test('nobody comes in who is not accepted', async () => {
    const { ada } = await createTrio()
    const eve = await offer(await startDevice())
    const accepts = ({ userId }: { userId: string }) => userId !== eve.device.userId
    const vault = createMemoryVault()
    await vault.write(toChanges(ada.group))
    const wary = await loadGroup(vault, conversationId, accepts)
    assert.ok(wary)
    await assert.rejects(makeCommit(wary, { add: [eve.keyPackage] }), isFault('FORGED'))
    const groupInfo = await describeGroup(ada.group)
    const { commit } = await joinFromOutside({ groupInfo, device: eve.device, conversationId, accepts: acceptAll })
    await assert.rejects(applyCommit(wary, commit), isFault('FORGED'))
    const asked = { groupInfo, device: eve.device, conversationId: 'another', accepts: acceptAll }
    await assert.rejects(joinFromOutside(asked), isFault('FORGED'))
  })

  test('a key package is by the device that it is handed out for, and serves for its welcome alone', async () => {
    const { ada } = await createTrio()
    const [bob, eve] = [await startDevice(), await startDevice()]
    const own = await createKeyPackage(bob)
    const published = publishKeyPackage(own)
    await assert.rejects(readKeyPackage(published, eve), isFault('FORGED'))
    await assert.rejects(readKeyPackage(published, { ...bob, identityKey: eve.identityKey }), isFault('FORGED'))
    await assert.rejects(readKeyPackage(tamper(published), bob), isFault('FORGED'))
    const { welcome } = await makeCommit(ada.group, { add: [await readKeyPackage(published, bob)] })
    assert.ok(welcome)
    assert.deepEqual(listWelcomed(welcome), [own.ref])
    const other = await createKeyPackage(bob)
    const joining = { conversationId, accepts: acceptAll }
    await assert.rejects(joinByWelcome({ ...joining, welcome, own: other }), isFault('FORGED'))
    await assert.rejects(joinByWelcome({ ...joining, welcome, own, conversationId: 'another' }), isFault('FORGED'))
    assert.equal(epochOf(await joinByWelcome({ ...joining, welcome, own })), 2)
  })

  test('a key package serves for sixty days, and one that promises more is refused', async () => {
    const [bob, day] = [await startDevice(), 86_400_000]
    const published = publishKeyPackage(await createKeyPackage(bob))
    await readKeyPackage(published, bob, Date.now() + 59 * day)
    for (const days of [61, -2])
      await assert.rejects(readKeyPackage(published, bob, Date.now() + days * day), isFault('STALE'))
    const keys = { signKey: bob.signKey, publicKey: Buffer.from(bob.identityKey, 'base64') }
    const suiteOfAll = await loadSuite()
    const endless = await generateKeyPackageWithKey(
      toCredential(bob),
      capabilities,
      defaultLifetime,
      [],
      keys,
      suiteOfAll,
    )
    await assert.rejects(readKeyPackage(publishKeyPackage({ ref: '', ...endless }), bob), isFault('FORGED'))
  })

  test('a group, a device and its key packages are found again as they were kept', async () => {
    const { ada, bob } = await createTrio()
    const vault = createMemoryVault()
    await vault.write(toChanges(bob.group))
    const early = await say(ada, 'Early')
    const before = bob.group
    await take(await makeCommit(ada.group), ada, [bob])
    await vault.write(toChanges(bob.group, before))
    const group = await loadGroup(vault, conversationId, acceptAll)
    assert.ok(group)
    const again: Peer = { device: decodeDevice(encodeDevice(bob.device)), group }
    assert.equal(await hear(again, early, ada.device), 'Early')
    assert.equal(await hear(ada, await say(again, 'Here I am'), bob.device), 'Here I am')
    const own = await createKeyPackage(bob.device)
    assert.deepEqual(await decodeKeyPackage(encodeKeyPackage(own), bob.device), own)
    await vault.write(await toForgetting(vault, conversationId))
    assert.deepEqual(await vault.list(''), [])
  })

  test('a hundred devices send, add and remove', async () => {
    const peers = await createCircle(scale(100, 12))
    const [ada, bob, ...others] = peers
    const carol = others.at(-1)
    assert.ok(ada && bob && carol)
    const dan = await offer(await startDevice())
    const added = await makeCommit(ada.group, { add: [dan.keyPackage] })
    await take(added, ada, [bob, ...others])
    const joined = await join(added.welcome, dan)
    const rest = [...others.filter((one) => one !== carol), joined]
    await take(await makeCommit(bob.group, { remove: [carol.device] }), bob, [ada, ...rest])
    const said = await say(joined, 'All of us')
    for (const peer of [ada, bob, ...rest.slice(0, -1)]) assert.equal(await hear(peer, said, dan.device), 'All of us')
    assert.equal(listMembers(joined.group).length, peers.length)
  })
})
