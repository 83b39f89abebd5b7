import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { startCall } from './start-call.ts'
import { TestPeer } from './test-peer.ts'
import { shareVideo } from './test-video.ts'

suite('a room that one worker cannot carry', () => {
  const shared = shareVideo('pglite', { MEDIA_WORKERS: '2', MEDIA_STREAMS_PER_WORKER: '1' })

  test('goes on on another one, and everybody gets everybody’s media', async (t) => {
    const video = shared()
    const { people, callId } = await startCall(video, 3)
    const join = async (person = people[0]) => {
      assert.ok(person)
      const peer = await TestPeer.join(t, video, person, { callId })
      await peer.connect('recv')
      return peer
    }
    const [ada, bob] = [await join(people[0]), await join(people[1])]
    await ada.publish('mic')
    await bob.receive(await bob.offer(ada))
    const cem = await join(people[2])
    assert.equal(ada.port, bob.port)
    assert.notEqual(cem.port, ada.port)
    await cem.receive(await cem.offer(ada))
    await cem.publish('camera')
    await Promise.all([ada, bob].map(async (peer) => peer.receive(await peer.offer(cem, 'camera'))))

    // What ends on one worker ends on the other, and where one dies all begin anew.
    const offer = await bob.offer(cem, 'camera')
    cem.socket.post('leave', {})
    await bob.socket.nextOf('consumer.closed', ({ consumer_id }) => consumer_id === offer.consumer_id)
    const dead = video.lines.findLast(({ message, port }) => message === 'media worker started' && port === ada.port)
    const before = [ada.socket.seq, bob.socket.seq]
    process.kill(Number(dead?.pid), 'SIGKILL')
    await Promise.all(
      [ada, bob].map((peer, index) => peer.socket.nextOf('media.reset', ({ seq }) => seq > (before[index] ?? 0))),
    )
    await Promise.all([ada.rebuild(), bob.rebuild()])
    await bob.receive(await bob.socket.nextOf('consumer.new', ({ seq }) => seq > (before[1] ?? 0)))
  })
})
