import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { onlyAtFullSize, scale, until } from '@secureconnect/test/helpers'
import { createMemoryVault, type Fault, GroupError, type KnownPerson } from '../src/encryption/index.ts'
import { ApiError, type Client, createClient } from '../src/index.ts'
import { comeIn, createGroup, inviteTo, textOf } from './encrypting-people.ts'
import { startSystem } from './system.ts'

// In one minute more happens here than people do in an hour.
const address = await startSystem({ after }, { RATELIMIT_KEYS: '10000' })
const { start, startAnother } = inviteTo(address)

/** A client to which the service hands out again and again what it was first given. */
function repeatClaims(client: Client): Client {
  const { claim } = client.rest.keys
  let first: ReturnType<typeof claim> | undefined
  const repeat: typeof claim = (input) => {
    first ??= claim(input)
    return first
  }
  return Object.create(client, { rest: { value: { ...client.rest, keys: { ...client.rest.keys, claim: repeat } } } })
}

const [ada, bob, carol] = [await start({ after }), await start({ after }), await start({ after })]

test('two people write to each other, and the service has none of it', async () => {
  const id = await createGroup(ada, [bob])
  const sent = await ada.encryption.send({ ...textOf(id, 'Hello Bob'), more: { mood: 'good' } })
  await comeIn(bob, id)
  assert.deepEqual(await bob.hear(id, 1), ['Hello Bob'])
  assert.equal(JSON.stringify(sent).includes('Hello'), false)
  await bob.encryption.send(textOf(id, 'Hello Ada'))
  assert.deepEqual(await ada.hear(id, 2), ['Hello Bob', 'Hello Ada'])
  const { messages } = await bob.client.rest.messages.list({ conversation_id: id })
  assert.equal(JSON.stringify(messages).includes('Hello'), false)
  const [newest, oldest] = messages
  assert.ok(newest && oldest)
  assert.deepEqual(await bob.encryption.open(oldest), {
    content: 'Hello Bob',
    more: { mood: 'good' },
    sender: { userId: ada.userId, deviceId: ada.encryption.device.deviceId },
  })
  await ada.encryption.edit(sent, { content: 'Hello dear Bob' })
  const edited = await bob.client.rest.messages.get({ message_id: sent.message_id })
  assert.equal((await bob.encryption.open(edited))?.content, 'Hello dear Bob')
  assert.deepEqual([ada.faults, bob.faults], [[], []])
})

test(
  'what was read is read again after a reload, and sending goes on',
  onlyAtFullSize('it signs one more person up'),
  async (t) => {
    const eve = await start(t)
    const id = await createGroup(ada, [eve])
    await ada.encryption.send(textOf(id, 'Keep this'))
    await comeIn(eve, id)
    await eve.hear(id, 1)
    eve.encryption[Symbol.dispose]()
    eve.client.close()
    const again = await startAnother(t, eve, eve.vault)
    assert.equal(again.encryption.device.deviceId, eve.encryption.device.deviceId)
    const { messages } = await again.client.rest.messages.list({ conversation_id: id })
    const opened = await Promise.all(messages.map((message) => again.encryption.open(message)))
    assert.deepEqual(
      opened.map((one) => one?.content),
      ['Keep this'],
    )
    await again.encryption.send(textOf(id, 'I am back'))
    assert.deepEqual(await ada.hear(id, 2), ['Keep this', 'I am back'])
  },
)

test(
  'a second device of a person reads what comes from then on, and nothing from before',
  onlyAtFullSize('it signs a person in once more'),
  async (t) => {
    const eve = await start(t)
    const id = await createGroup(eve, [bob])
    const before = await eve.encryption.send(textOf(id, 'Before'))
    const phone = await startAnother(t, eve)
    await phone.client.chat.subscribe({ [id]: null })
    await comeIn(phone, id)
    await bob.encryption.send(textOf(id, 'To both'))
    assert.deepEqual(await phone.hear(id, 1), ['To both'])
    await assert.rejects(
      phone.encryption.open(before),
      (error) => error instanceof GroupError && error.fault === 'STALE',
    )
    await phone.encryption.send(textOf(id, 'From the phone'))
    assert.equal((await eve.hear(id, 3)).at(-1), 'From the phone')
  },
)

test('who is taken out reads nothing more, and who comes in nothing from before', async () => {
  const id = await createGroup(ada, [bob])
  const before = await ada.encryption.send(textOf(id, 'With Bob'))
  await comeIn(bob, id)
  await bob.hear(id, 1)
  await ada.encryption.changePeople(id, { add: [carol.userId], remove: [bob.userId] })
  await carol.client.chat.subscribe({ [id]: null })
  await comeIn(carol, id)
  const sent = await ada.encryption.send(textOf(id, 'Without Bob'))
  assert.deepEqual(await carol.hear(id, 1), ['Without Bob'])
  await assert.rejects(bob.encryption.open(sent), GroupError)
  await assert.rejects(carol.encryption.open(before), GroupError)
  const devices = await ada.encryption.listDevices(id)
  assert.deepEqual(devices.map(({ userId }) => userId).sort(), [ada.userId, carol.userId].sort())
})

test('after somebody left, the next message is sent with new keys', async () => {
  const id = await createGroup(ada, [bob, carol])
  await ada.encryption.send(textOf(id, 'All three'))
  await bob.hear(id, 1)
  await carol.client.rest.conversations.removeParticipant({ conversation_id: id, user_id: carol.userId })
  const sent = await bob.encryption.send(textOf(id, 'Two of us'))
  assert.equal(sent.group_epoch, 2)
  assert.deepEqual(await ada.hear(id, 2), ['All three', 'Two of us'])
  assert.equal((await ada.encryption.listDevices(id)).length, 2)
})

test(
  'of all who begin or change keys at once one wins, and what everybody sent arrives',
  onlyAtFullSize('it signs people up, and packages/e2ee has the same race'),
  async (t) => {
    const people = [ada, bob, carol]
    while (people.length < scale(8, 3)) people.push(await start(t))
    const id = await createGroup(ada, people.slice(1))
    const said = people.map((_, index) => `from ${index}`)
    await Promise.all(people.map(({ encryption }, index) => encryption.send(textOf(id, `from ${index}`))))
    await Promise.all(people.map(({ encryption }) => encryption.rekey(id)))
    await ada.encryption.send(textOf(id, 'after'))
    const last = await Promise.all(people.map(async ({ hear }) => (await hear(id, people.length + 1)).at(-1)))
    assert.deepEqual(
      last,
      people.map(() => 'after'),
    )
    assert.deepEqual((await ada.hear(id, people.length + 1)).toSorted(), ['after', ...said])
  },
)

test(
  'who was away applies what he missed, in order, and reads on',
  onlyAtFullSize('what it shows of groups packages/e2ee shows as well'),
  async () => {
    const id = await createGroup(ada, [bob])
    await ada.encryption.send(textOf(id, 'First'))
    await comeIn(bob, id)
    await bob.hear(id, 1)
    bob.client.chat.close()
    for (let count = 0; count < 3; count += 1) {
      await ada.encryption.rekey(id)
      await ada.encryption.send(textOf(id, `Away ${count}`))
    }
    await bob.client.chat.open()
    assert.deepEqual(await bob.hear(id, 4), ['First', 'Away 0', 'Away 1', 'Away 2'])
    assert.deepEqual(bob.faults, [])
  },
)

test('what is not as its sender made it is told, and the next message is read all the same', async () => {
  const id = await createGroup(ada, [bob])
  const sent = await ada.encryption.send(textOf(id, 'Pay Bob'))
  await comeIn(bob, id)
  const isForged = (error: unknown) => error instanceof GroupError && error.fault === 'FORGED'
  const bytes = Buffer.from(String(sent.content), 'base64')
  bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1
  await assert.rejects(bob.encryption.open({ ...sent, content: bytes.toString('base64') }), GroupError)
  await assert.rejects(bob.encryption.open({ ...sent, sender_id: bob.userId }), isForged)
  await assert.rejects(bob.encryption.open({ ...sent, content: 'Pay Eve', is_encrypted: false }), isForged)
  assert.deepEqual(await bob.hear(id, 1), ['Pay Bob'])
  // What was read is found again as that message alone, and not where the service shows it in another's place.
  assert.equal((await bob.encryption.open(sent))?.content, 'Pay Bob')
  await assert.rejects(bob.encryption.open({ ...sent, client_id: 'another' }), isForged)
  await assert.rejects(bob.encryption.open({ ...sent, reply_to: sent.message_id }), isForged)
})

test('what a message said is gone from the vaults of all who read it once it is deleted', async () => {
  const id = await createGroup(ada, [bob])
  const listTexts = async () =>
    (await Promise.all([ada, bob].map(({ vault }) => vault.list(`text:${id}:`)))).map(({ length }) => length)
  const sent = await ada.encryption.send(textOf(id, 'Burn this'))
  await comeIn(bob, id)
  await bob.hear(id, 1)
  const edited = await ada.encryption.edit(sent, { content: 'Burn this as well' })
  assert.equal((await bob.encryption.open(edited))?.content, 'Burn this as well')
  assert.deepEqual(await listTexts(), [2, 2])
  await ada.client.rest.messages.delete({ message_id: sent.message_id })
  await until('the texts are gone', async () => String(await listTexts()) === '0,0')
  assert.equal(await bob.encryption.open(edited), undefined)
})

test('what goes beside messages is read by the group of now, as what it is, and by nobody whom it let go', async () => {
  const id = await createGroup(ada, [bob, carol])
  const about = { conversationId: id, binding: ['key of a call', 'first'] }
  const sealed = await ada.encryption.channel.seal(Buffer.from('a key'), about)
  await comeIn(carol, id)
  const opened = await bob.encryption.channel.open(sealed, about)
  assert.deepEqual([Buffer.from(opened.plaintext).toString(), opened.userId], ['a key', ada.userId])
  const isForged = (error: unknown) => error instanceof GroupError && error.fault === 'FORGED'
  await assert.rejects(carol.encryption.channel.open(sealed, { ...about, binding: ['message'] }), isForged)
  const changed = new Promise<void>((done) => bob.encryption.channel.onChanged(id, done))
  await carol.client.rest.conversations.removeParticipant({ conversation_id: id, user_id: carol.userId })
  await changed
  const next = await bob.encryption.channel.seal(Buffer.from('another'), about)
  assert.equal(Buffer.from((await ada.encryption.channel.open(next, about)).plaintext).toString(), 'another')
  await assert.rejects(carol.encryption.channel.open(next, about), (error) => error instanceof Error)
  assert.equal((await bob.encryption.listDevices(id)).length, 2)
})

test('two compare the same number; a device more afterwards is told until it was seen, and is not what was compared', async (t) => {
  const id = await createGroup(ada, [bob])
  await ada.encryption.send(textOf(id, 'Compare'))
  await comeIn(bob, id)
  const [{ known }, number] = [ada.encryption, await bob.encryption.known.safetyNumberWith(ada.userId)]
  assert.equal(await known.safetyNumberWith(bob.userId), number)
  assert.equal((await known.look(bob.userId)).trust, 'unverified')
  assert.equal(await known.verify(bob.userId, number.replaceAll(/\d/g, '0')), false)
  assert.equal(await known.verify(bob.userId, number), true)
  const told = new Promise<KnownPerson>((done) => known.on('person', (one) => one.change && done(one)))
  const phone = await startAnother(t, bob)
  const { trust, change } = await told
  assert.deepEqual([trust, change?.wasVerified], ['changed', true])
  assert.deepEqual(
    change?.added.map(({ deviceId }) => deviceId),
    [phone.encryption.device.deviceId],
  )
  assert.equal(await known.verify(bob.userId, number), false)
  await known.takeNotice(await known.look(bob.userId))
  const seen = await known.look(bob.userId)
  assert.deepEqual([seen.trust, seen.change], ['changed', undefined])
})

test(
  'a new device reads by the key backup what was read before, with its passphrase alone',
  onlyAtFullSize('a passphrase becomes keys slowly, and packages/e2ee tries that each day'),
  async (t) => {
    const id = await createGroup(carol, [ada])
    const sent = await carol.encryption.send(textOf(id, 'Once upon a time'))
    const { backup } = carol.encryption
    assert.deepEqual(await backup.look(), { is: 'none' })
    await backup.make('seven quiet harbours')
    const phone = await startAnother(t, carol)
    const lost = phone.encryption.backup
    const { triesLeft } = { triesLeft: 0, ...(await lost.look()) }
    await assert.rejects(lost.restore('eight quiet harbours'), (error) => (error as ApiError).code === 'FORBIDDEN')
    await assert.rejects(phone.encryption.open(sent), GroupError)
    const locked = { triesLeft: 0, ...(await lost.look()) }
    assert.deepEqual([locked.is, locked.triesLeft], ['locked', triesLeft - 1])
    await lost.restore('seven quiet harbours')
    assert.equal((await phone.encryption.open(sent))?.content, 'Once upon a time')
    // Both keep it from then on, each with what the other has put there.
    const more = await carol.encryption.send(textOf(id, 'The end'))
    await backup.refresh()
    await lost.refresh()
    assert.equal((await phone.encryption.open(more))?.content, 'The end')
    await lost.remove()
    assert.deepEqual(await backup.look(), { is: 'none' })
    await backup.refresh()
    assert.deepEqual(await backup.look(), { is: 'none' })
  },
)

test('nothing is sent where it cannot be encrypted', async () => {
  const { client } = ada
  const participant_ids = [bob.userId]
  const { conversation_id } = await client.rest.conversations.create({ type: 'direct', participant_ids })
  const isRefused = (error: unknown) => error instanceof ApiError && error.code === 'CONFLICT'
  await assert.rejects(ada.encryption.send(textOf(conversation_id, 'Only for Bob')), isRefused)
  const { messages } = await client.rest.messages.list({ conversation_id })
  assert.deepEqual(messages, [])
})

test(
  'a key package that the service hands out twice is noticed by whoever is given it and by its owner',
  onlyAtFullSize('it signs two more people up'),
  async (t) => {
    const client = repeatClaims(createClient({ address }))
    const [eve, dan] = [await start(t, { client }), await start(t)]
    const first = await createGroup(eve, [dan])
    await eve.encryption.settle(first)
    await comeIn(dan, first)
    const fault = new Promise<Fault>((done) => eve.encryption.on('fault', done))
    const second = await createGroup(eve, [dan])
    await eve.encryption.settle(second)
    const { what, fault: noticed } = await fault
    assert.deepEqual([what, noticed], ['key-package', 'REPLAYED'])
    assert.equal((await eve.encryption.listDevices(second)).length, 1)
    // Somebody who was not given it before cannot know; its owner does.
    const vault = createMemoryVault()
    const again = createClient({ address })
    await again.signIn({ username: eve.person.username, password: eve.person.password })
    const rest = { ...again.rest, keys: { ...again.rest.keys, claim: client.rest.keys.claim } }
    const other = await start(t, { client: Object.create(again, { rest: { value: rest } }), person: eve.person, vault })
    const told = new Promise<Fault>((done) => dan.encryption.on('fault', done))
    const third = await createGroup(other, [dan])
    await other.encryption.settle(third)
    const { what: welcome, fault: repeated } = await told
    assert.deepEqual([welcome, repeated], ['welcome', 'REPLAYED'])
  },
)
