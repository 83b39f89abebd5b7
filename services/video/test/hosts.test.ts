import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { until } from '@secureconnect/test/helpers'
import { moderate, setRole } from './moderate.ts'
import { startCall, startConnectedCall } from './start-call.ts'
import { rtpCapabilities, TestPeer } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { act, createCircle, initiate, type Person, shareVideo, type Video } from './test-video.ts'

const rolesOf = async (video: Video, who: Person, callId: string) => {
  const { participants } = (await act(video, 'listParticipants', who, callId)).data
  return participants.map(({ role }) => role)
}

suite('hosts of calls', () => {
  const resumeMs = 2_000
  const shared = shareVideo('postgres', { RATELIMIT_CALLS_JOIN: '100000', CALL_RESUME_MS: String(resumeMs) })

  test('when the last one leaves, a co-host becomes one, else the speaker who was there longest, and all are told', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 4)
    const [ada, bob, cleo, dan] = people
    const [host, , , other] = peers
    assert.ok(ada && bob && cleo && dan && host && other)
    await setRole(video, [ada, callId], bob, 'listener')
    await setRole(video, [ada, callId], dan, 'cohost')
    await moderate(video, 'mute', [ada, callId], { user_id: dan.userId })
    await act(video, 'leave', ada, callId)
    const isHost = ({ participant }: { participant: { role: string; user_id: string } }) => participant.role === 'host'
    for (const { socket } of peers.slice(1)) {
      const { participant } = await socket.nextOf('participant.updated', isHost)
      assert.deepEqual([participant.user_id, participant.held_sources], [dan.userId, []])
    }
    await act(video, 'leave', dan, callId)
    assert.deepEqual(await rolesOf(video, bob, callId), ['host', 'listener', 'host', 'host'])
    assert.equal((await moderate(video, 'lock', [cleo, callId], {})).status, 200)
    const records = video.lines.filter(({ stream, action, target_id }) => {
      return stream === 'audit' && action === 'become_host' && target_id === callId
    })
    assert.deepEqual(
      records.map(({ user_id }) => user_id),
      [dan.userId, cleo.userId],
    )
  })

  test('a host whose line breaks stays one as long as he may come back, and is one again when he comes later', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob, cleo] = people
    const [host, other] = peers
    assert.ok(ada && bob && cleo && host && other)
    host.socket.end()
    await other.socket.nextOf('participant.reconnecting')
    assert.deepEqual(await rolesOf(video, bob, callId), ['host', 'speaker', 'speaker'])
    await other.socket.nextOf('participant.left', () => true, resumeMs + 5_000)
    assert.deepEqual(await rolesOf(video, bob, callId), ['host', 'host', 'speaker'])
    const back = await TestPeer.join(t, video, ada, { callId })
    assert.equal(back.joined?.own.role, 'host')
    assert.deepEqual(await rolesOf(video, bob, callId), ['host', 'speaker', 'host'], 'in the order in which they came')
  })

  test('ban people who have left or never came, wherever it rings, and take that back', async (t) => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 4)
    const [ada, bob, cleo, dan] = people
    const { call_id: callId } = (await initiate(video, ada, { conversation_id: conversationId })).data
    await act(video, 'accept', bob, callId)
    await act(video, 'join', cleo, callId)
    await act(video, 'leave', bob, callId)
    const ban = (who: Person, { userId }: Person) =>
      moderate(video, 'kick', [who, callId], { user_id: userId, ban: true })
    assert.equal((await ban(cleo, bob)).code, 'FORBIDDEN')
    for (const person of [bob, dan]) {
      assert.equal((await ban(ada, person)).status, 200)
      assert.equal((await act(video, 'join', person, callId)).code, 'FORBIDDEN')
    }
    assert.equal((await act(video, 'get', dan, callId)).data.invite_status, 'cancelled')
    const stranger = (await createCircle(video, 2)).people[0]
    assert.equal((await ban(ada, stranger)).code, 'USER_NOT_FOUND')
    await setRole(video, [ada, callId], cleo, 'cohost')
    assert.equal((await ban(cleo, ada)).code, 'FORBIDDEN')
    await act(video, 'leave', ada, callId)
    assert.equal((await ban(cleo, ada)).code, 'FORBIDDEN', 'who called comes back when he likes')
    const [moderator, guest] = [await TestPeer.join(t, video, cleo, { callId }), await TestSocket.open(t, video, dan)]
    await moderator.socket.ask('moderate.unban', { user_id: dan.userId })
    await guest.enter({ call_id: callId, rtp_capabilities: rtpCapabilities })
    assert.equal((await moderate(video, 'unban', [cleo, callId], { user_id: bob.userId })).status, 200)
    assert.equal((await act(video, 'join', bob, callId)).status, 200)
  })

  test('a call that is locked rings no more, and cannot be before somebody answered', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 3)
    const [ada, bob, cleo] = people
    const { call_id: callId } = (await initiate(video, ada, { conversation_id: conversationId })).data
    assert.equal((await moderate(video, 'lock', [ada, callId], {})).code, 'CONFLICT')
    await act(video, 'accept', bob, callId)
    await moderate(video, 'lock', [ada, callId], {})
    assert.equal((await act(video, 'get', cleo, callId)).data.invite_status, 'cancelled')
    await moderate(video, 'lock', [ada, callId], { is_locked: false })
    assert.equal((await act(video, 'accept', cleo, callId)).status, 200)
  })

  test('say by frame too what others are, and take down their hands', async (t) => {
    const video = shared()
    const { people, peers } = await startConnectedCall(t, video, 3)
    const [ada, bob, cleo] = people
    const [host, second, third] = peers
    assert.ok(ada && bob && cleo && host && second && third)
    await second.socket.ask('hand.raise', {})
    const wish = { user_id: bob.userId, is_raised: false }
    assert.equal(await third.socket.refusal('hand.raise', wish), 'FORBIDDEN')
    assert.equal(
      await host.socket.refusal('hand.raise', { user_id: bob.userId }),
      'FORBIDDEN',
      'nobody raises it for him',
    )
    await host.socket.ask('hand.raise', wish)
    const lowered = await second.socket.nextOf('participant.updated', ({ participant, seq }) => {
      return participant.participant_id === second.id && participant.hand_raised_at === null && seq > 1
    })
    assert.equal(lowered.participant.hand_raised_at, null)
    await host.socket.ask('moderate.set_role', { user_id: cleo.userId, role: 'listener' })
    await third.socket.nextOf('participant.updated', ({ participant }) => participant.role === 'listener')
    assert.equal(
      await second.socket.refusal('moderate.set_role', { user_id: cleo.userId, role: 'speaker' }),
      'FORBIDDEN',
    )
  })

  test('whom a host mutes still writes to the room, and a listener does not', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob, cleo] = people
    const [host, muted, listener] = peers
    assert.ok(ada && bob && cleo && host && muted && listener)
    await moderate(video, 'mute', [ada, callId], { user_id: bob.userId })
    await setRole(video, [ada, callId], cleo, 'listener')
    await muted.socket.ask('data.send', { data: 'I am muted' })
    assert.equal(await listener.socket.refusal('data.send', { data: 'I only listen' }), 'FORBIDDEN')
    assert.equal((await host.socket.nextOf('data')).data, 'I am muted')
  })

  test('nobody becomes host where two talk, or only listeners are left', async () => {
    const video = shared()
    const { people, callId } = await startCall(video, 3)
    const [ada, bob, cleo] = people
    assert.ok(ada && bob && cleo)
    for (const person of [bob, cleo]) await setRole(video, [ada, callId], person, 'listener')
    await act(video, 'leave', ada, callId)
    assert.deepEqual((await rolesOf(video, bob, callId)).slice(1), ['listener', 'listener'])
    await act(video, 'leave', cleo, callId)
    await act(video, 'leave', bob, callId)
    await until('it is over', async () => (await act(video, 'get', bob, callId)).data.status === 'ended')
  })
})
