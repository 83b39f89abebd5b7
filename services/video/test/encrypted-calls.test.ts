import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { limits } from '@secureconnect/protocol'
import { TestPeer } from './test-peer.ts'
import { act, createCircle, initiate, shareVideo, type Video } from './test-video.ts'

const ciphertext = Buffer.alloc(120, 7).toString('base64')

type Cleanup = { after: (work: () => unknown) => void }

/** A call of an encrypted conversation, with so many people of it in its room. */
async function startEncrypted(t: Cleanup, video: Video, count: number) {
  const { people, conversationId } = await createCircle(video, 3)
  await video.context.sql.execute`
    update conversations set is_e2ee_enabled = true where conversation_id = ${conversationId}`
  const { call_id: callId } = (await initiate(video, people[0], { conversation_id: conversationId })).data
  const peers: TestPeer[] = []
  for (const person of people.slice(0, count)) peers.push(await TestPeer.join(t, video, person, { callId }))
  // As many as were asked for.
  return { people, peers: peers as [TestPeer, TestPeer], callId }
}

suite('keys of an encrypted call', () => {
  const shared = shareVideo()

  test('go to everybody else in the room, in order, and are made anew with each who comes, leaves or loses his place', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startEncrypted(t, video, 2)
    const [ada, bob] = peers
    const epochs = [ada.joined?.key_epoch, bob.joined?.key_epoch]
    assert.ok(epochs.every((epoch) => typeof epoch === 'number') && Number(epochs[1]) > Number(epochs[0]))
    const { epoch } = await ada.socket.nextOf('e2ee.epoch')
    assert.equal(epoch, epochs[1])
    await ada.socket.ask('e2ee.key', { epoch, ciphertext })
    const key = await bob.socket.nextOf('e2ee.key')
    assert.deepEqual([key.participant_id, key.epoch, key.ciphertext], [ada.id, epoch, ciphertext])

    const cleo = await TestPeer.join(t, video, people[2], { callId })
    const { epoch: second } = await bob.socket.nextOf('e2ee.epoch', (frame) => frame.epoch > epoch)
    assert.equal(cleo.joined?.key_epoch, second)
    assert.equal(await ada.socket.refusal('e2ee.key', { epoch, ciphertext }), 'EPOCH_CONFLICT')
    // A line that comes back missed no key; one that begins anew may have missed some.
    await cleo.resumeOn(video, people[2], callId)
    assert.deepEqual([cleo.joined?.recovered, cleo.joined?.key_epoch], [true, second])
    const anew = await TestPeer.join(t, video, people[2], { callId })
    const { epoch: third } = await bob.socket.nextOf('e2ee.epoch', (frame) => frame.epoch > second)
    assert.equal(anew.joined?.key_epoch, third)

    await act(video, 'leave', people[2], callId)
    const { epoch: fourth } = await bob.socket.nextOf('e2ee.epoch', (frame) => frame.epoch > third)
    await bob.socket.ask('e2ee.key', { epoch: fourth, ciphertext })
    assert.equal((await ada.socket.nextOf('e2ee.key')).epoch, fourth)
    assert.ok(!anew.socket.pushes.some((push) => push.type === 'e2ee.key' && push.epoch === fourth))
  })

  test('are small, and refused where nothing is encrypted', async (t) => {
    const video = shared()
    const { peers } = await startEncrypted(t, video, 2)
    const [, { socket, joined }] = peers
    const epoch = Number(joined?.key_epoch)
    const tooLong = Buffer.alloc(limits.senderKeyCharacters).toString('base64')
    assert.equal(await socket.refusal('e2ee.key', { epoch, ciphertext: tooLong }), 'VALIDATION_ERROR')
    assert.equal(await socket.refusal('e2ee.key', { epoch, ciphertext: 'no base64' }), 'VALIDATION_ERROR')
    const { people, conversationId } = await createCircle(video, 2)
    const { data } = await initiate(video, people[0], { conversation_id: conversationId })
    const plain = await TestPeer.join(t, video, people[0], { callId: data.call_id })
    assert.equal(plain.joined?.key_epoch, null)
    assert.equal(await plain.socket.refusal('e2ee.key', { epoch: 1, ciphertext }), 'CONFLICT')
    assert.equal(await plain.socket.refusal('data.send', { data: 'hi', is_encrypted: true }), 'CONFLICT')
  })
})
