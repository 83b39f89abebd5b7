import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { CallParticipant, RoomParticipant } from '@secureconnect/protocol'
import { allowedMs, until } from '@secureconnect/test/helpers'
import { moderate, setRole } from './moderate.ts'
import { startCall, startConnectedCall } from './start-call.ts'
import { describeStream, rtpCapabilities, TestPeer } from './test-peer.ts'
import { type FrameOf, TestSocket } from './test-socket.ts'
import { act, createCircle, initiate, type Person, shareVideo } from './test-video.ts'

/** How long a moderator's word may take to be true of media. */
const enforcedMs = 200

/** How somebody looks to somebody else by the last that was told. */
function describe(to: TestPeer, of: TestPeer): RoomParticipant | undefined {
  const updates = to.socket.pushes.flatMap((push) => (push.type === 'participant.updated' ? push.participant : []))
  return updates.findLast(({ participant_id }) => participant_id === of.id)
}

const heldOf = (participants: readonly CallParticipant[], { userId }: Person) =>
  participants.find(({ user_id }) => user_id === userId)?.held_sources

suite('moderation of calls', () => {
  const shared = shareVideo('postgres', { RATELIMIT_CALLS_JOIN: '100000' })

  test('whom a host mutes is heard by nobody, whatever his device does, until the host lets him and he unmutes', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob] = people
    const [host, muted, listening] = peers
    assert.ok(ada && bob && host && muted && listening)
    const [producer_id] = await Promise.all([muted.publish('mic'), host.publish('mic'), listening.connect('recv')])
    const ssrc = await listening.receive(await listening.offer(muted))
    const hosts = await listening.receive(await listening.offer(host))

    const askedAt = performance.now()
    let lastHeardAt = askedAt
    listening.watch((packet) => {
      if (packet.readUInt32BE(8) === ssrc) lastHeardAt = performance.now()
    })
    const { data } = await moderate(video, 'mute', [ada, callId], { user_id: bob.userId })
    assert.deepEqual(heldOf(data.participants, bob), ['mic', 'screen_audio'])
    const isOfHimself = ({ participant }: FrameOf<'participant.updated'>) => participant.participant_id === muted.id
    const { participant } = await muted.socket.nextOf('participant.updated', isOfHimself)
    assert.deepEqual(
      participant.sources.map(({ is_paused }) => is_paused),
      [true],
    )
    assert.equal(await muted.socket.refusal('producer.resume', { producer_id }), 'FORBIDDEN')
    await muted.socket.ask('producer.close', { producer_id })
    const again = await muted.publish('mic')
    await muted.publish('screen_audio')
    // Most of a second of what somebody else says.
    await listening.hear(hosts, 5_000, 40)
    assert.ok(lastHeardAt - askedAt < allowedMs(enforcedMs), `${lastHeardAt - askedAt} ms`)
    const offered = listening.socket.pushes.filter(
      (push) => push.type === 'consumer.new' && push.participant_id === muted.id && push.producer_id !== producer_id,
    )
    assert.deepEqual(offered, [], 'nothing of him is offered to anybody')

    await host.socket.ask('moderate.mute', { user_id: bob.userId, is_muted: false })
    assert.equal(
      describe(host, muted)?.sources.every(({ is_paused }) => is_paused),
      true,
      'only he unmutes himself',
    )
    await muted.socket.ask('producer.resume', { producer_id: again })
    await listening.receive(await listening.socket.nextOf('consumer.new', ({ producer_id }) => producer_id === again))
  })

  test('who is muted stays so when he leaves and comes again, and when the worker dies', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob] = people
    const [, muted] = peers
    assert.ok(ada && bob && muted)
    await moderate(video, 'mute', [ada, callId], { user_id: 'all' })
    await muted.socket.ask('leave', {})
    const back = await TestPeer.join(t, video, bob, { callId })
    assert.notEqual(back.id, muted.id)
    assert.deepEqual([back.joined?.own.held_sources, back.joined?.own.role], [['mic', 'screen_audio'], 'speaker'])
    await back.connect('send')
    await back.produce('mic', describeStream('audio', 77))
    const isPaused = async () => {
      const look = await TestPeer.join(t, video, ada, { callId })
      return look.joined?.participants.find(({ participant_id }) => participant_id === back.id)?.sources[0]?.is_paused
    }
    assert.equal(await isPaused(), true)
    const pid = Number(video.lines.findLast(({ message }) => message === 'media worker started')?.pid)
    process.kill(pid, 'SIGKILL')
    await back.socket.nextOf('media.reset')
    await back.connect('send')
    await back.produce('mic', describeStream('audio', 78))
    assert.equal(await isPaused(), true)
  })

  test('a listener publishes nothing, and a host makes him a speaker when he raises his hand', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob] = people
    const [host, quiet, other] = peers
    assert.ok(ada && bob && host && quiet && other)
    const { data } = await setRole(video, [ada, callId], bob, 'listener')
    assert.deepEqual([data.role, data.held_sources], ['listener', ['mic', 'camera', 'screen', 'screen_audio']])
    const producer_id = await quiet.publish('mic')
    assert.equal(await quiet.socket.refusal('producer.resume', { producer_id }), 'FORBIDDEN')
    await quiet.socket.ask('hand.raise', {})
    const raised = await host.socket.nextOf(
      'participant.updated',
      ({ participant }) => participant.hand_raised_at !== null,
    )
    assert.equal(raised.participant.user_id, bob.userId)
    await quiet.socket.ask('hand.raise', {})
    await setRole(video, [ada, callId], bob, 'speaker')
    await quiet.socket.ask('hand.raise', { is_raised: false })
    await quiet.socket.ask('producer.resume', { producer_id })
    await other.connect('recv')
    await other.receive(await other.offer(quiet))
    const { participants } = (await act(video, 'listParticipants', ada, callId)).data
    assert.deepEqual(
      participants.map(({ role, held_sources, hand_raised_at }) => [role, held_sources, hand_raised_at]),
      [
        ['host', [], null],
        ['speaker', [], null],
        ['speaker', [], null],
      ],
    )
  })

  test('who is kicked is out at once and may come again; who is banned may not, until the call is another', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 4)
    const [ada, bob, cleo] = people
    const [host, first, second, other] = peers
    assert.ok(ada && bob && cleo && host && first && second && other)
    await moderate(video, 'kick', [ada, callId], { user_id: bob.userId })
    for (const peer of [first, other]) {
      assert.equal(
        (await peer.socket.nextOf('participant.left', ({ participant_id }) => participant_id === first.id)).reason,
        'kicked',
      )
    }
    assert.equal(await first.socket.refusal('transport.create', { direction: 'send' }), 'CONFLICT')
    const resuming = {
      call_id: callId,
      rtp_capabilities: rtpCapabilities,
      resume_token: first.joined?.resume_token ?? '',
    }
    assert.equal(
      await first.socket.refusal('join', resuming),
      'FORBIDDEN',
      'his device does not bring him back by itself',
    )
    assert.equal((await act(video, 'join', bob, callId)).status, 200)
    await host.socket.ask('moderate.kick', { user_id: cleo.userId, ban: true })
    assert.equal(
      (await second.socket.nextOf('participant.left', ({ participant_id }) => participant_id === second.id)).reason,
      'banned',
    )
    for (const refused of [await act(video, 'join', cleo, callId), await act(video, 'accept', cleo, callId)]) {
      assert.deepEqual([refused.status, refused.code], [403, 'FORBIDDEN'])
    }
    const socket = await TestSocket.open(t, video, cleo)
    assert.equal(await socket.refusal('join', { call_id: callId, rtp_capabilities: rtpCapabilities }), 'FORBIDDEN')
    const { data } = await act(video, 'get', ada, callId)
    await host.socket.ask('moderate.end', {})
    const next = await initiate(video, ada, { conversation_id: data.conversation_id })
    assert.equal((await act(video, 'accept', cleo, next.data.call_id)).status, 200)
  })

  test('nobody else comes into a locked call but who called; those who are in stay, also when their line breaks', async (t) => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 4)
    const [ada, bob, cleo] = people
    const { call_id: callId } = (await initiate(video, ada, { conversation_id: conversationId })).data
    const host = await TestPeer.join(t, video, ada, { callId })
    const inside = await TestPeer.join(t, video, bob, { callId })
    assert.equal((await moderate(video, 'lock', [ada, callId], {})).data.is_locked, true)
    assert.equal((await inside.socket.nextOf('call.state', ({ call }) => call.is_locked)).call.status, 'active')
    const refused = await act(video, 'accept', cleo, callId)
    assert.deepEqual([refused.status, refused.code], [409, 'CALL_LOCKED'])
    inside.socket.end()
    await inside.socket.closed
    assert.equal((await inside.resumeOn(video, bob, callId)).participant_id, inside.id)
    await act(video, 'leave', ada, callId)
    assert.equal((await act(video, 'join', ada, callId)).data.participant?.role, 'host')
    await moderate(video, 'lock', [ada, callId], { is_locked: false })
    assert.equal((await act(video, 'accept', cleo, callId)).status, 200)
    host.hangUp()
  })

  test('each moderates only those below him, and only in a call of several that he is in', async () => {
    const video = shared()
    const { people, callId } = await startCall(video, 4)
    const [ada, bob, cleo, dan] = people
    const codes = async (who: Person, whom: Person) => [
      (await moderate(video, 'mute', [who, callId], { user_id: whom.userId })).code,
      (await moderate(video, 'stopVideo', [who, callId], { user_id: whom.userId, source: 'screen' })).code,
      (await moderate(video, 'kick', [who, callId], { user_id: whom.userId })).code,
    ]
    const no = ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']
    assert.deepEqual(await codes(bob, cleo), no)
    assert.equal((await setRole(video, [ada, callId], bob, 'cohost')).data.role, 'cohost')
    assert.equal((await setRole(video, [ada, callId], cleo, 'cohost')).status, 200)
    assert.deepEqual(await codes(bob, cleo), no, 'of the same rank')
    assert.deepEqual(await codes(bob, ada), no)
    assert.equal((await setRole(video, [bob, callId], dan, 'listener')).code, 'FORBIDDEN', 'that is for hosts')
    assert.equal((await setRole(video, [ada, callId], ada, 'listener')).code, 'FORBIDDEN', 'a call keeps its host')
    assert.equal((await setRole(video, [ada, callId], cleo, 'host')).status, 200)
    assert.equal((await setRole(video, [cleo, callId], ada, 'listener')).code, 'FORBIDDEN', 'nor is it taken from him')
    assert.equal((await setRole(video, [ada, callId], cleo, 'cohost')).status, 200)
    const all = (await moderate(video, 'stopVideo', [bob, callId], { user_id: 'all', source: 'screen' })).data
      .participants
    assert.deepEqual([heldOf(all, dan), heldOf(all, cleo), heldOf(all, ada)], [['screen', 'screen_audio'], [], []])
    assert.deepEqual(await codes(bob, dan), [undefined, undefined, undefined])
    assert.equal(
      (await moderate(video, 'mute', [bob, callId], { user_id: dan.userId })).code,
      'USER_NOT_FOUND',
      'he is out',
    )
    assert.equal((await setRole(video, [ada, callId], dan, 'speaker')).code, 'USER_NOT_FOUND')
    const records = video.lines.filter(({ stream, result, target_id }) => {
      return stream === 'audit' && result === 'allowed' && (target_id === dan.userId || target_id === cleo.userId)
    })
    assert.deepEqual(
      records.map(({ action, reason }) => [action, String(reason).replace(callId, 'C')]),
      [
        ['set_role', 'call C, cohost'],
        ['set_role', 'call C, host'],
        ['set_role', 'call C, cohost'],
        ['mute', 'call C'],
        ['stop_video', 'call C, screen'],
        ['kick', 'call C'],
      ],
    )
    await act(video, 'end', ada, callId)
    assert.equal((await moderate(video, 'lock', [ada, callId], {})).code, 'CALL_ENDED')

    const direct = await startCall(video, 2)
    const [one, two] = direct.people
    assert.equal((await moderate(video, 'mute', [one, direct.callId], { user_id: two.userId })).code, 'FORBIDDEN')
    await until(
      'the call is there still',
      async () => (await act(video, 'get', one, direct.callId)).data.status === 'active',
    )
  })
})
