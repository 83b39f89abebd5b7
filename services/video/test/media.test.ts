import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { TestPeer } from './test-peer.ts'
import { createCircle, initiate, shareVideo } from './test-video.ts'

suite('media', () => {
  const shared = shareVideo()

  async function startCall(count: number) {
    const video = shared()
    const { people, conversationId } = await createCircle(video, count)
    const [caller] = people
    assert.ok(caller)
    const { data } = await initiate(video, caller, { conversation_id: conversationId })
    return { video, people, callId: data.call_id }
  }

  test('go from one to the others of a call, counted on both ends', async (t) => {
    const { video, people, callId } = await startCall(3)
    const [ada, bob, cem] = await Promise.all(people.map((person) => TestPeer.join(t, video, person, { callId })))
    assert.ok(ada && bob && cem)
    await Promise.all([bob.connect('recv'), cem.connect('recv')])
    await ada.publish('mic')
    const offers = await Promise.all([bob.offer(ada), cem.offer(ada)])
    const [offer] = offers
    assert.equal(bob.received.bySsrc.size, 0, 'nothing comes before it is asked for')
    await Promise.all([bob.receive(offers[0]), cem.receive(offers[1])])
    assert.equal(offer.kind, 'audio')
  })
})
