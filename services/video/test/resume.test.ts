import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { closeCodes } from '@secureconnect/protocol'
import { startCall, startConnectedCall } from './start-call.ts'
import { describeStream, rtpCapabilities, TestPeer } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { act, createConversation, createPerson, initiate, onOtherDevice, shareVideo } from './test-video.ts'

const resumeMs = 2_000
const stun = { STUN_URLS: 'stun:127.0.0.1:3478', TURN_CREDENTIAL_SECONDS: '10' }

suite('somebody whose line was gone', () => {
  // A slow reader has to be told more than people may tell each other.
  const env = { ...stun, CALL_RESUME_MS: String(resumeMs), CALL_DATA_PER_SECOND: '1000' }
  const shared = shareVideo('pglite', env)

  test('goes on where he was: the same person, the same media, and all that he missed in order', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob, cem] = peers
    assert.ok(ada && bob && cem && people[1])
    await Promise.all([ada.publish('mic'), bob.connect('recv')])
    const ssrc = await bob.receive(await bob.offer(ada))
    const [id, seq] = [bob.id, bob.socket.seq]
    bob.socket.end()
    await ada.socket.nextOf('participant.reconnecting', ({ participant_id }) => participant_id === id)
    for (const data of ['one', 'two', 'three']) await cem.socket.ask('data.send', { data })
    await bob.hear(ssrc)

    const { participant_id, recovered, participants } = await bob.resumeOn(video, people[1], callId)
    assert.deepEqual([participant_id, recovered, participants.length], [id, true, 2])
    const missed = bob.socket.pushes
    assert.deepEqual(
      missed.flatMap((push) => (push.type === 'data' ? push.data : [])),
      ['one', 'two', 'three'],
    )
    assert.deepEqual(
      missed.map((push) => push.seq),
      missed.map((_, index) => seq + 1 + index),
      'no push is missing, and none comes twice',
    )
    await ada.socket.nextOf('participant.reconnected', (frame) => frame.participant_id === id)
    await bob.hear(ssrc)
    for (const { socket } of [ada, cem]) {
      assert.deepEqual(
        socket.pushes.filter(({ type }) => type === 'participant.left'),
        [],
      )
    }
  })

  test('is gone when he takes too long, and the others hear of it; when he comes after all he is new', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob] = peers
    assert.ok(ada && bob && people[1])
    const { id } = bob
    bob.socket.end()
    await ada.socket.nextOf('participant.left', ({ participant_id }) => participant_id === id, resumeMs + 5_000)
    const back = await bob.resumeOn(video, people[1], callId)
    assert.equal(back.recovered, false)
    assert.notEqual(back.participant_id, id)
  })

  test('may ask once more for what was done when its answer was lost, and has it once', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 2)
    const [ada, bob] = peers
    assert.ok(ada && bob && people[0])
    await Promise.all([ada.connect('send'), bob.connect('recv')])
    const first = await ada.produce('mic', describeStream('audio', 77))
    await ada.resumeOn(video, people[0], callId)
    assert.equal(await ada.produce('mic', describeStream('audio', 77)), first)
    await ada.reconnect('send')
    assert.equal((await bob.offer(ada)).producer_id, first)
    await assert.rejects(ada.produce('mic', describeStream('audio', 78)), /CONFLICT/)
    await ada.socket.ask('data.send', { data: 'before' })
    for (let again = 0; again < 3; again += 1) await ada.produce('mic', describeStream('audio', 77))
    await ada.socket.ask('data.send', { data: 'after' })
    await bob.socket.nextOf('data', ({ data }) => data === 'after')
    const told = bob.socket.pushes.map((push) => (push.type === 'data' ? push.data : push.type))
    assert.deepEqual(told.slice(told.indexOf('before')), ['before', 'after'])
    assert.ok(!video.lines.some(({ message }) => message === 'a stream could not be offered'))
  })

  test('begins anew without a token, or with one that was used, or is another’s', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 2)
    const [ada, bob] = peers
    assert.ok(ada && bob && people[0] && people[1])
    const [first, others] = [bob.joined?.resume_token, ada.joined?.resume_token]
    assert.ok(first && others)
    assert.equal((await bob.resumeOn(video, people[1], callId)).recovered, true)
    for (const token of [first, others, 'made up', undefined]) {
      const resume = token === undefined ? undefined : { token, seq: bob.socket.seq }
      bob.socket = await TestSocket.open(t, video, people[1])
      const { recovered, participant_id } = await bob.join({ callId, ...(resume && { resume }) })
      assert.deepEqual([recovered, participant_id], [false, bob.id])
    }
    const ownToken = bob.joined?.resume_token ?? ''
    bob.socket = await TestSocket.open(t, video, onOtherDevice(video, people[1]))
    const elsewhere = await bob.join({ callId, resume: { token: ownToken, seq: bob.socket.seq } })
    assert.deepEqual([elsewhere.recovered, elsewhere.participant_id], [false, bob.id], 'on another device')
  })

  test('takes the place of a connection that is still there, and is never two people', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 2)
    const [ada, bob] = peers
    assert.ok(ada && bob && people[1])
    const first = bob.socket
    const again = await TestPeer.join(t, video, people[1], { callId })
    assert.equal(await first.closed, closeCodes.replaced.code)
    assert.equal(again.id, bob.id)
    const { data } = await act(video, 'listParticipants', people[1], callId)
    assert.equal(data.participants.length, 2)
    // Of many at the same moment one stays, and the others are told.
    const sockets = await Promise.all(
      Array.from({ length: 5 }, () => TestSocket.open(t, video, people[1] ?? assert.fail())),
    )
    const replies = await Promise.all(
      sockets.map((socket) => socket.refusal('join', { call_id: callId, rtp_capabilities: rtpCapabilities })),
    )
    assert.ok(
      replies.every((reply) => reply === 'accepted' || reply === 'CONFLICT'),
      replies.join(),
    )
    const endings = await Promise.all(
      sockets.map((socket) => Promise.race([socket.refusal('data.send', { data: 'x' }), socket.closed])),
    )
    assert.equal(endings.filter((ending) => ending === 'accepted').length, 1, endings.join())
    assert.equal(ada.socket.pushes.filter(({ type }) => type === 'participant.joined').length, 1)
  })

  test('who comes on two lines at once has his media on the newer one, whichever gets its place first', async (t) => {
    const video = shared()
    const { people, callId } = await startCall(video, 2)
    const [ada, bob] = people
    assert.ok(ada && bob)
    const other = await TestPeer.join(t, video, ada, { callId })
    const { pool } = video.context
    const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { mock } = t.mock.method(pool, 'choose', async (...used: Parameters<typeof pool.choose>) => {
      mock.restore()
      asked.resolve()
      await released.promise
      return pool.choose(...used)
    })
    const older = await TestSocket.open(t, video, bob)
    const refused = older.refusal('join', { call_id: callId, rtp_capabilities: rtpCapabilities })
    await asked.promise
    const newer = await TestPeer.join(t, video, bob, { callId })
    await newer.publish('mic')
    released.resolve()
    assert.equal(await refused, 'CONFLICT')
    await other.connect('recv')
    await other.receive(await other.offer(newer))
    const told = other.socket.pushes.map(({ type }) => type).filter((type) => type.startsWith('participant.'))
    assert.deepEqual([told[0], told.includes('participant.reconnected')], ['participant.joined', false])
  })

  test('who reads too slowly loses his socket, and nothing else', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 5)
    const [slow, ...senders] = peers
    assert.ok(slow && people[0])
    slow.socket.ws.pause()
    const data = 'x'.repeat(4_000)
    // In portions, or those who send would be too slow readers of what the others send.
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        senders.map(({ socket }) => {
          for (let sent = 0; sent < 20; sent += 1) socket.post('data.send', { data })
          return socket.ask('data.send', { data })
        }),
      )
    }
    slow.socket.ws.resume()
    assert.equal(await slow.socket.closed, closeCodes.tooSlow.code)
    const { participant_id } = await slow.resumeOn(video, people[0], callId)
    assert.equal(participant_id, slow.id)
  })

  test('everybody in a call is given servers to connect by, and others before those have had their time', async (t) => {
    const { peers } = await startConnectedCall(t, shared(), 2)
    const [ada] = peers
    assert.ok(ada)
    assert.deepEqual(ada.joined?.ice_servers, [{ urls: [stun.STUN_URLS] }])
    const { ice_servers, ttl, relay } = await ada.socket.nextOf('ice_servers', () => true, 10_000)
    assert.deepEqual({ ice_servers, ttl, relay }, { ice_servers: ada.joined?.ice_servers, ttl: 10, relay: false })
  })

  test('who has left comes again within the limits of joining, whatever he shows of having been there', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 4)
    const [ada, bob, cem, dan] = peers
    assert.ok(ada && bob && cem && dan && people[2])
    const { data } = await act(video, 'join', people[2], callId)
    assert.ok('join_token' in data)
    const { join_token } = data
    const resume_token = bob.joined?.resume_token ?? ''
    for (const [{ socket }, shown] of [
      [bob, { resume_token, last_seq: 0 }],
      [cem, { join_token }],
      [dan, { resume_token: ada.joined?.resume_token ?? '' }],
    ] as const) {
      const codes = new Set<string>()
      for (let round = 0; round < 25 && !codes.has('RATE_LIMITED'); round += 1) {
        await socket.refusal('leave', {})
        codes.add(await socket.refusal('join', { call_id: callId, rtp_capabilities: rtpCapabilities, ...shown }))
      }
      assert.deepEqual([...codes], ['accepted', 'RATE_LIMITED'])
    }
  })

  test('joining over REST spares its person the limits of joining here: for this call, and for a while', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 4)
    const expiresAt = Date.now() + 60_000
    const flaws = [{}, { expiresAt: Date.now() - 1 }, { callId: randomUUID() }, { userId: people[0]?.userId ?? '' }]
    for (const [index, { id: participantId, socket }] of peers.entries()) {
      const grant = { callId, userId: people[index]?.userId ?? '', participantId, expiresAt, ...flaws[index] }
      const join_token = video.context.callTokens.join.sign(grant)
      const codes = new Set<string>()
      // He is in already, which he is told where he is not stopped before.
      for (let round = 0; round < 25; round += 1) {
        codes.add(await socket.refusal('join', { call_id: callId, rtp_capabilities: rtpCapabilities, join_token }))
      }
      assert.deepEqual([...codes], index === 0 ? ['CONFLICT'] : ['CONFLICT', 'RATE_LIMITED'])
    }
  })

  test('by a line that is in a call nobody answers another one, which rings on', async (t) => {
    const video = shared()
    const { people, peers } = await startConnectedCall(t, video, 2)
    const [, bob] = people
    assert.ok(bob && peers[1])
    const [dan, eve] = [await createPerson(video), await createPerson(video)]
    const conversation_id = await createConversation(video, [dan, eve, bob])
    const { data } = await initiate(video, dan, { conversation_id, callee_ids: [eve.userId] })
    const joining = { call_id: data.call_id, rtp_capabilities: rtpCapabilities }
    assert.equal(await peers[1].socket.refusal('join', joining), 'CONFLICT')
    assert.equal((await act(video, 'get', bob, data.call_id)).data.status, 'ringing')
  })

  test('a stranger finds no call, whatever he shows', async (t) => {
    const video = shared()
    const { peers, callId } = await startConnectedCall(t, video, 2)
    const socket = await TestSocket.open(t, video, await createPerson(video))
    const joining = { call_id: callId, rtp_capabilities: rtpCapabilities }
    const resume_token = peers[0]?.joined?.resume_token ?? ''
    assert.equal(await socket.refusal('join', joining), 'CALL_NOT_FOUND')
    assert.equal(await socket.refusal('join', { ...joining, resume_token, last_seq: 0 }), 'CALL_NOT_FOUND')
    assert.equal(await socket.refusal('transport.create', { direction: 'send' }), 'CONFLICT')
  })

  test('a call that is over says so', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 2)
    const [ada, bob] = peers
    assert.ok(ada && bob && people[0])
    await bob.connect('recv')
    await act(video, 'end', people[0], callId)
    const { call } = await bob.socket.nextOf('call.state')
    assert.deepEqual([call.status, call.end_reason], ['ended', 'ended'])
    assert.equal(await bob.socket.refusal('transport.create', { direction: 'send' }), 'CONFLICT')
    const joining = { call_id: callId, rtp_capabilities: rtpCapabilities }
    assert.equal(await bob.socket.refusal('join', joining), 'CALL_ENDED')
  })
})
