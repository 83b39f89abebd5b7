import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { scale, until } from '@secureconnect/test/helpers'
import { rtpPacket } from '@secureconnect/test/media'
import { startCall, startConnectedCall } from './start-call.ts'
import { describeStream, TestPeer } from './test-peer.ts'
import { shareVideo } from './test-video.ts'

/** Somebody whose packets come one by one, so that they can be counted, and where each of the others gets them. */
type Speaker = { peer: TestPeer; speak: () => void; heardBy: Map<TestPeer, number> }

async function beginToSpeak(peer: TestPeer, ssrc: number): Promise<Speaker> {
  const description = describeStream('audio', ssrc)
  await peer.produce('mic', description)
  const payloadType = description.codecs[0]?.payloadType ?? 0
  let sequence = 0
  const speak = () => {
    sequence += 1
    peer.send(rtpPacket({ ssrc, payloadType, sequence, timestamp: sequence * 960 }))
  }
  return { peer, speak, heardBy: new Map() }
}

async function listen(peer: TestPeer, speakers: readonly Speaker[]): Promise<void> {
  const offers = await Promise.all(speakers.map((speaker) => peer.offer(speaker.peer)))
  if (offers.length > 0) {
    await peer.socket.ask('consumer.ready', { consumer_ids: offers.map(({ consumer_id }) => consumer_id) })
  }
  for (const [index, { rtp_parameters }] of offers.entries()) {
    speakers[index]?.heardBy.set(peer, rtp_parameters.encodings?.[0]?.ssrc ?? 0)
  }
}

/** How many packets of somebody came, at all of the others together. */
function countHeard({ heardBy }: Speaker): number {
  return [...heardBy].reduce((sum, [peer, ssrc]) => sum + peer.count(ssrc), 0)
}

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

suite('a room of many on two workers', () => {
  const count = scale(60, 6)
  const speaking = Math.max(2, count / 5)
  /** Of sixty, of whom twelve speak, one worker takes the usual 400 streams; a smaller room has its share. */
  const streamsEach = Math.ceil((400 / 708) * speaking * (count - 1))
  const shared = shareVideo('pglite', { MEDIA_WORKERS: '2', MEDIA_STREAMS_PER_WORKER: String(streamsEach) })
  const rounds = 20
  const everyMs = 100

  test('brings everybody all that is said, and nothing of whom a host mutes, whichever worker they are on', async (t) => {
    const { people, callId } = await startCall(shared(), count)
    const peers: TestPeer[] = []
    // As in most calls nobody publishes until all are there, and none can be brought elsewhere then.
    for (const person of people) {
      const peer = await TestPeer.join(t, shared(), person, { callId })
      await peer.connect('recv')
      peers.push(peer)
    }
    const speakers = await Promise.all(
      peers.slice(0, speaking).map((peer, index) => beginToSpeak(peer, 100_000 + index)),
    )
    await Promise.all(
      peers.map((peer) =>
        listen(
          peer,
          speakers.filter((speaker) => speaker.peer !== peer),
        ),
      ),
    )
    const perWorker = [...Map.groupBy(peers, ({ port }) => port).values()].map(({ length }) => length)
    assert.equal(perWorker.length, 2)
    assert.ok(Math.min(...perWorker) >= count / 4, `${perWorker} people`)

    const talk = async () => {
      const before = new Map(speakers.map((speaker) => [speaker, countHeard(speaker)]))
      for (let round = 0; round < rounds; round += 1) {
        for (const { speak } of speakers) speak()
        await delay(everyMs)
      }
      return (speaker: Speaker) => countHeard(speaker) - (before.get(speaker) ?? 0)
    }
    const whole = rounds * (count - 1)
    const assertWhole = async (those: readonly Speaker[], heard: (speaker: Speaker) => number) => {
      const least = 0.995 * whole * those.length
      const sum = () => those.reduce((packets, speaker) => packets + heard(speaker), 0)
      await until(`${least} packets came`, () => sum() >= least)
    }
    await assertWhole(speakers, await talk())

    const [host, muted] = speakers
    assert.ok(host && muted)
    await host.peer.socket.ask('moderate.mute', { user_id: people[1]?.userId ?? '' })
    await Promise.all(
      peers.map(({ socket }) => {
        return socket.nextOf('participant.updated', ({ participant: { participant_id, held_sources } }) => {
          return participant_id === muted.peer.id && held_sources.includes('mic')
        })
      }),
    )
    const heard = await talk()
    await assertWhole(
      speakers.filter((speaker) => speaker !== muted),
      heard,
    )
    assert.equal(heard(muted), 0)

    // What others have on a worker is no reason to have two people on two of them.
    const pair = await startConnectedCall(t, shared(), 2)
    await Promise.all(pair.peers.map((peer) => peer.connect('recv')))
    assert.equal(pair.peers[0]?.port, pair.peers[1]?.port)
  })
})
