import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { until } from '@secureconnect/test/helpers'
import { accessToken, revokeSessions } from '@secureconnect/tokens'
import { startCall, startConnectedCall } from './start-call.ts'
import { describeStream, TestPeer } from './test-peer.ts'
import type { FrameOf } from './test-socket.ts'
import { shareVideo } from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }

suite('media', () => {
  const shared = shareVideo()

  async function connect(t: Cleanup, count: number): Promise<TestPeer[]> {
    return (await startConnectedCall(t, shared(), count)).peers
  }

  test('go from one to the others of a call, and nothing before it is asked for', async (t) => {
    const [ada, bob, cem] = await connect(t, 3)
    assert.ok(ada && bob && cem)
    await Promise.all([bob.connect('recv'), ada.publish('mic')])
    const offer = await bob.offer(ada)
    await new Promise((later) => setTimeout(later, 100))
    assert.equal(bob.received.bySsrc.size, 0)
    await bob.receive(offer)
    await cem.connect('recv')
    await cem.receive(await cem.offer(ada))
    const { participant } = await bob.socket.nextOf(
      'participant.updated',
      ({ participant: { sources } }) => sources.length > 0,
    )
    assert.deepEqual(
      participant.sources.map(({ source, kind, is_paused }) => ({ source, kind, is_paused })),
      [{ source: 'mic', kind: 'audio', is_paused: false }],
    )
  })

  test('stop and go on as their publisher wants, and end with what is published', async (t) => {
    const [ada, bob] = await connect(t, 2)
    assert.ok(ada && bob)
    await bob.connect('recv')
    const producer_id = await ada.publish('screen')
    const offer = await bob.offer(ada, 'screen')
    const ssrc = await bob.receive(offer)
    const isPaused = (wanted: boolean) =>
      bob.socket.nextOf('participant.updated', ({ participant }) => participant.sources[0]?.is_paused === wanted)
    await ada.socket.ask('producer.pause', { producer_id })
    await isPaused(true)
    await ada.socket.ask('producer.resume', { producer_id })
    await Promise.all([isPaused(false), bob.hear(ssrc)])
    // A new transport takes the place of the old one, with all on it.
    await ada.connect('send')
    await bob.socket.nextOf('consumer.closed', ({ consumer_id }) => consumer_id === offer.consumer_id)
    await ada.publish('screen')
    await bob.socket.nextOf('consumer.new', ({ seq }) => seq > offer.seq)
  })

  test('that end while somebody begins to take them are not his fault, nor ours', async (t) => {
    const [ada, bob] = await connect(t, 2)
    assert.ok(ada && bob)
    await bob.connect('recv')
    for (let round = 0; round < 20; round += 1) {
      const seq = bob.socket.seq
      const producer_id = await ada.produce('mic', describeStream('audio', 5_000 + round))
      const { consumer_id } = await bob.socket.nextOf('consumer.new', (offer) => offer.seq > seq)
      const consumer_ids = [consumer_id]
      ada.socket.post('producer.close', { producer_id })
      await Promise.all([
        bob.socket.ask('consumer.ready', { consumer_ids }),
        bob.socket.ask('consumer.pause', { consumer_ids }),
      ])
    }
  })

  test('come in the quality that is asked for, and only what somebody looks at is asked of the publisher', async (t) => {
    const [ada, bob] = await connect(t, 2)
    assert.ok(ada && bob)
    await bob.connect('recv')
    const producer_id = await ada.publishSimulcast([100, 300, 900])
    const { consumer_id, kind } = await bob.offer(ada, 'camera')
    assert.equal(kind, 'video')
    await bob.socket.ask('consumer.ready', { consumer_ids: [consumer_id] })
    const come = (bytes: number) => bob.packet(({ length }) => length > bytes - 50 && length < bytes + 100)
    const layer = (spatial: number) => bob.socket.nextOf('consumer.layers', (frame) => frame.spatial === spatial)
    await Promise.all([come(900), layer(2)])
    await bob.socket.ask('consumer.prefer', { consumer_ids: [consumer_id], spatial: 0 })
    await Promise.all([come(100), layer(0)])
    const fewer = await ada.socket.nextOf('producer.control', ({ layers_needed }) => layers_needed === 1, 10_000)
    assert.equal(fewer.producer_id, producer_id)
    await bob.socket.ask('consumer.prefer', { consumer_ids: [consumer_id], spatial: 2, priority: 10 })
    await ada.socket.nextOf('producer.control', ({ layers_needed }) => layers_needed === 3)
    await come(900)
  })

  test('come as large as they are shown, and not at all off screen: nor are they sent where nobody sees them', async (t) => {
    const [ada, bob, cem] = await connect(t, 3)
    assert.ok(ada && bob && cem)
    await Promise.all([bob.connect('recv'), cem.connect('recv')])
    const screen = await ada.publish('screen')
    const camera = await ada.publishSimulcast([100, 300, 900], { width: 640, height: 360 })
    const control = (layers: number, afterSeq = 0, of = camera) =>
      ada.socket.nextOf(
        'producer.control',
        ({ producer_id, layers_needed, seq }) => producer_id === of && layers_needed === layers && seq > afterSeq,
      )
    const [atBob, atCem] = await Promise.all([bob.offer(ada, 'camera'), cem.offer(ada, 'camera')])
    const show = (by: TestPeer, { consumer_id }: { consumer_id: string }, width: number, height: number) =>
      by.socket.ask('consumer.show', { consumer_ids: [consumer_id], width, height })
    const layer = (by: TestPeer, spatial: number | null, afterSeq: number) =>
      by.socket.nextOf('consumer.layers', (frame) => frame.spatial === spatial && frame.seq > afterSeq)
    await show(bob, atBob, 320, 180)
    const ssrc = await bob.receive(atBob)
    await show(cem, atCem, 0, 0)
    await cem.socket.ask('consumer.ready', { consumer_ids: [atCem.consumer_id] })
    const { seq } = await layer(bob, 1, 0)
    await Promise.all([control(2), control(0, 0, screen)])
    await show(bob, atBob, 160, 90)
    const { seq: small } = await layer(bob, 0, seq)
    await Promise.all([show(bob, atBob, 2_000, 1_000), layer(bob, 2, small), control(3)])
    await show(bob, atBob, 0, 1_000)
    const before = bob.count(ssrc)
    const { seq: off } = await control(0)
    assert.ok(bob.count(ssrc) <= before + 5, `${bob.count(ssrc) - before} packets came of what is not shown`)
    assert.equal(cem.received.bySsrc.size, 0)
    await Promise.all([show(cem, atCem, 160, 90), layer(cem, 0, 0), control(1, off)])
  })

  test('of a shared screen come before all others where a line is too thin, and then those of who speaks', async (t) => {
    const [ada, bob] = await connect(t, 2)
    assert.ok(ada && bob)
    await Promise.all([bob.connect('recv'), ada.publish('mic', -10)])
    const screen = await ada.produce('screen', describeStream('video', 6_001))
    const camera = await ada.produce('camera', describeStream('video', 6_002))
    const offers = await Promise.all((['screen', 'camera'] as const).map((source) => bob.offer(ada, source)))
    await bob.socket.ask('consumer.ready', { consumer_ids: offers.map(({ consumer_id }) => consumer_id) })
    await bob.socket.nextOf('speakers', ({ active }) => active === ada.id)
    const { peer } =
      shared()
        .context.rooms.seats.listPeople()
        .find(({ id }) => id === bob.id) ?? {}
    const priorityOf = (id: string) => peer?.consumers.find(({ producerId }) => producerId === id)?.priority ?? 0
    await until('the speaker comes before the others', () => priorityOf(camera) > 1)
    assert.ok(priorityOf(screen) > priorityOf(camera))
  })

  test('of who is signed out end at once, whether his device closes its line or had none any more', async (t) => {
    const video = shared()
    const { people, peers } = await startConnectedCall(t, video, 3)
    const [ada, bob, cem] = peers
    assert.ok(ada && bob && cem)
    await Promise.all(peers.map((peer) => peer.connect('recv')))
    await Promise.all([ada.publish('mic'), bob.publish('mic'), cem.publish('camera')])
    const offers = [await bob.offer(ada), await bob.offer(cem, 'camera')]
    const [ssrc] = await Promise.all([ada.receive(await ada.offer(bob)), ...offers.map((offer) => bob.receive(offer))])
    cem.socket.end()
    await bob.socket.nextOf('participant.reconnecting', ({ participant_id }) => participant_id === cem.id)
    // He reads no more, and so answers no close either.
    ada.socket.ws.pause()
    const { sql, kv } = video.context
    const sessionIds = [people[0], people[2]].flatMap((person) => person?.sessionId ?? [])
    await sql.transaction((tx) => revokeSessions(tx, sessionIds, kv))
    const soon = 3_000
    for (const { consumer_id } of offers) {
      await bob.socket.nextOf('consumer.closed', (frame) => frame.consumer_id === consumer_id, soon)
    }
    await bob.socket.nextOf('participant.reconnecting', ({ participant_id }) => participant_id === ada.id, soon)
    const isSilent = ({ participant: { participant_id, sources } }: FrameOf<'participant.updated'>) =>
      participant_id === ada.id && sources.length === 0
    const { seq } = await bob.socket.nextOf('participant.updated', ({ participant }) => participant.sources.length > 0)
    await bob.socket.nextOf('participant.updated', (frame) => frame.seq > seq && isSilent(frame), soon)
    await assert.rejects(ada.hear(ssrc, 200, 20), /packets came/)
  })

  test('of who did not renew his token in time end with his line; all others are expected back', async (t) => {
    const video = shared()
    const { people, callId } = await startCall(video, 3)
    const [ada, bob, cem] = people
    assert.ok(ada && bob && cem)
    // It has just ended, and is taken for a few seconds more.
    const token = video.mint(bob, { secondsAgo: accessToken.lifetimeSeconds })
    const [late, good] = [
      await TestPeer.join(t, video, { token }, { callId }),
      await TestPeer.join(t, video, ada, { callId }),
    ]
    const listener = await TestPeer.join(t, video, cem, { callId })
    await Promise.all([late.publish('mic'), good.publish('mic'), listener.connect('recv')])
    const [gone, kept] = [await listener.offer(late), await listener.offer(good)]
    const [, ssrc] = await Promise.all([listener.receive(gone), listener.receive(kept)])
    for (const { socket } of [good, late]) socket.end()
    await listener.socket.nextOf('consumer.closed', ({ consumer_id }) => consumer_id === gone.consumer_id, 3_000)
    await listener.hear(ssrc)
    const back = await late.resumeOn(video, bob, callId)
    assert.deepEqual([back.participant_id, back.recovered], [late.id, false])
    await late.rebuild()
    await listener.receive(await listener.socket.nextOf('consumer.new', ({ seq }) => seq > gone.seq + 1))
  })

  test('belong to their participant: nobody reaches those of another', async (t) => {
    const [ada, bob] = await connect(t, 2)
    assert.ok(ada && bob)
    const transport_id = await ada.connect('send')
    const producer_id = await ada.publish('mic')
    await bob.connect('recv')
    const { consumer_id } = await bob.offer(ada)
    const dtls_parameters = { fingerprints: [{ algorithm: 'sha-256' as const, value: Array(32).fill('00').join(':') }] }
    const rtp_parameters = describeStream('audio', 2)
    const refusals = await Promise.all([
      bob.socket.refusal('transport.connect', { transport_id, dtls_parameters }),
      bob.socket.refusal('transport.restart_ice', { transport_id }),
      bob.socket.refusal('produce', { transport_id, kind: 'audio', source: 'mic', rtp_parameters }),
      bob.socket.refusal('producer.pause', { producer_id }),
      bob.socket.refusal('producer.close', { producer_id }),
      bob.socket.refusal('producer.close', { producer_id: randomUUID() }),
    ])
    assert.deepEqual(refusals, Array(6).fill('NOT_FOUND'))
    const { unknown } = await ada.socket.ask('consumer.ready', { consumer_ids: [consumer_id] })
    assert.deepEqual(unknown, [consumer_id])
    await bob.receive(await bob.offer(ada))
  })

  test('go on when ICE is restarted, which nobody needs all the time', async (t) => {
    const [ada, bob] = await connect(t, 2)
    assert.ok(ada && bob)
    const transport_id = await bob.connect('recv')
    await ada.publish('mic')
    const ssrc = await bob.receive(await bob.offer(ada))
    const { ice_parameters } = await bob.socket.ask('transport.restart_ice', { transport_id })
    assert.ok(ice_parameters.usernameFragment)
    await bob.hear(ssrc)
    const more = await Promise.all(
      Array.from({ length: 6 }, () => bob.socket.refusal('transport.restart_ice', { transport_id })),
    )
    assert.ok(more.includes('RATE_LIMITED'), more.join())
    const made = await Promise.all(
      Array.from({ length: 40 }, () => bob.socket.request('transport.create', { direction: 'recv' })),
    )
    const codes = made.flatMap((reply) => (reply.ok ? [] : reply.error.code))
    assert.deepEqual([...new Set(codes)], ['RATE_LIMITED'])
  })

  test('of a description that makes no sense are refused, and nothing is left of them', async (t) => {
    const [ada, bob] = await connect(t, 2)
    assert.ok(ada && bob)
    const transport_id = await ada.connect('send')
    const offer = (kind: 'audio' | 'video', rtp_parameters: ReturnType<typeof describeStream>) =>
      ada.socket.refusal('produce', { transport_id, kind, source: 'mic', rtp_parameters })
    const good = describeStream('audio', 3)
    assert.equal(await offer('video', good), 'VALIDATION_ERROR', 'sound is no video')
    assert.equal(
      await offer('audio', { ...good, codecs: [{ mimeType: 'audio/none', payloadType: 1, clockRate: 1 }] }),
      'VALIDATION_ERROR',
    )
    assert.equal(await offer('audio', { codecs: good.codecs }), 'VALIDATION_ERROR', 'a stream has an SSRC or an id')
    assert.equal(await offer('audio', good), 'accepted')
    assert.equal(await offer('audio', describeStream('audio', 4)), 'CONFLICT', 'one microphone each')
  })

  test('tell who speaks, and how loud, twice a second at most', async (t) => {
    const [ada, bob, cem] = await connect(t, 3)
    assert.ok(ada && bob && cem)
    await bob.publish('mic', -50)
    await ada.publish('mic', -10)
    const isAda = ({ participant_id }: { participant_id: string }) => participant_id === ada.id
    const { levels } = await cem.socket.nextOf(
      'speakers',
      (frame) => frame.active === ada.id && frame.levels.some(isAda),
    )
    assert.ok((levels.find(isAda)?.level ?? -127) > -20, JSON.stringify(levels))
    ada.stopSending()
    bob.stopSending()
    await cem.socket.nextOf('speakers', (frame) => frame.levels.length === 0)
    const told = cem.socket.frames.filter(({ type }) => type === 'speakers')
    const times = told.map((frame) => cem.socket.arrivedAt.get(frame) ?? Number.NaN)
    const withinMs = Math.max(...times) - Math.min(...times)
    assert.ok(told.length <= 2 * (withinMs / 1_000) + 2, `${told.length} frames within ${withinMs} ms`)
  })
})
