import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { limits } from '@secureconnect/protocol'
import { moderate, setRole } from './moderate.ts'
import { describeStream, rtpCapabilities, TestPeer } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { act, createCircle, initiate, onOtherDevice, type Person, shareVideo, type Video } from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** A call with a lobby whose host is in it, and people who are not. */
async function startLobby(t: Cleanup, video: Video, count: number) {
  const { people, conversationId } = await createCircle(video, count)
  const [ada] = people
  const { data } = await initiate(video, ada, { conversation_id: conversationId, has_lobby: true })
  const callId = data.call_id
  const host = await TestPeer.join(t, video, ada, { callId })
  return { people, callId, host, joining: { call_id: callId, rtp_capabilities: rtpCapabilities } }
}

/** Somebody at the door, on a socket of his own. */
async function knock(t: Cleanup, video: Video, person: Person, joining: Parameters<TestSocket['enter']>[0]) {
  const socket = await TestSocket.open(t, video, person)
  const reply = await socket.ask('join', joining)
  assert.equal(reply.participant_id, null, 'he has to be let in first')
  return socket
}

/** Who waits, by the last that somebody was told. */
function waitingOf({ pushes }: TestSocket): string[] {
  const last = pushes.findLast((push) => push.type === 'lobby.waiting')
  return last?.waiting.map(({ user_id }) => user_id) ?? []
}

const admissionOf = async (video: Video, person: Person, callId: string) =>
  (await act(video, 'get', person, callId)).data.admission

suite('the lobby of a call', () => {
  const lobbyMs = 1_500
  const shared = shareVideo('postgres', { RATELIMIT_CALLS_JOIN: '100000' })
  const impatient = shareVideo('postgres', { CALL_LOBBY_MS: String(lobbyMs) })

  test('keeps who comes outside until a host lets him in; from then on he comes and goes', async (t) => {
    const video = shared()
    const { people, callId, host, joining } = await startLobby(t, video, 3)
    const [ada, bob] = people
    const answered = await act(video, 'accept', bob, callId)
    assert.equal(answered.status, 202)
    assert.deepEqual(
      [answered.data.participant, answered.data.call.admission, answered.data.call.invite_status],
      [null, 'waiting', 'accepted'],
    )
    assert.equal(answered.data.call.status, 'active', 'he answered')
    const socket = await knock(t, video, bob, joining)
    const told = await host.socket.nextOf('lobby.waiting')
    assert.deepEqual(
      told.waiting.map(({ user_id }) => user_id),
      [bob.userId],
    )
    assert.deepEqual((await act(video, 'listParticipants', ada, callId)).data.waiting, told.waiting)
    assert.deepEqual((await act(video, 'listParticipants', bob, callId)).data.waiting, [], 'that is for moderators')
    await host.socket.ask('moderate.admit', { user_id: bob.userId })
    await socket.nextOf('lobby.admitted')
    assert.equal(await socket.refusal('leave', {}), 'CONFLICT', 'he waits no longer, and is not in it yet')
    const { own } = await socket.enter(joining)
    assert.equal((await host.socket.nextOf('participant.joined')).participant.participant_id, own.participant_id)
    await host.socket.nextOf('lobby.waiting', ({ waiting }) => waiting.length === 0)
    await socket.ask('leave', {})
    await socket.enter(joining)
  })

  test('lets nothing through, whatever his device does who waits', async (t) => {
    const video = shared()
    const { people, callId, host, joining } = await startLobby(t, video, 3)
    const [ada, bob, cleo] = people
    await host.publish('mic')
    const socket = await knock(t, video, bob, joining)
    const { join_token } = { join_token: '', ...(await act(video, 'join', ada, callId)).data }
    const other = await act(video, 'join', bob, callId)
    assert.ok(!('join_token' in other.data) && !('ice_servers' in other.data))
    const rtp_parameters = describeStream('audio', 1)
    const refusals = await Promise.all([
      socket.refusal('transport.create', { direction: 'recv' }),
      socket.refusal('produce', { transport_id: callId, kind: 'audio', source: 'mic', rtp_parameters }),
      socket.refusal('data.send', { data: 'let me in' }),
      socket.refusal('hand.raise', {}),
      socket.refusal('moderate.admit', { user_id: bob.userId }),
    ])
    assert.deepEqual(refusals, Array(5).fill('CONFLICT'))
    assert.equal((await moderate(video, 'admit', [bob, callId], { user_id: bob.userId })).code, 'FORBIDDEN')
    for (const shown of [{ join_token }, { resume_token: host.joined?.resume_token ?? '', last_seq: 0 }]) {
      assert.equal((await socket.ask('join', { ...joining, ...shown })).participant_id, null)
    }
    await act(video, 'join', cleo, callId)
    await host.socket.ask('data.send', { data: 'among us' })
    await host.socket.ask('moderate.lock', {})
    await host.socket.ask('moderate.lock', { is_locked: false })
    assert.deepEqual(
      socket.frames.map(({ type }) => type).filter((type) => type !== 'reply'),
      ['hello', 'ready'],
    )
  })

  test('whom a host denies is told, and asks no more unless the host thinks better of it', async (t) => {
    const video = shared()
    const { people, callId, host, joining } = await startLobby(t, video, 3)
    const [ada, bob, cleo] = people
    const [first, second] = [
      await knock(t, video, bob, joining),
      await knock(t, video, onOtherDevice(video, bob), joining),
    ]
    assert.equal((await moderate(video, 'deny', [ada, callId], { user_id: cleo.userId })).code, 'USER_NOT_FOUND')
    await host.socket.ask('moderate.deny', { user_id: bob.userId })
    for (const socket of [first, second]) assert.equal((await socket.nextOf('lobby.refused')).reason, 'denied')
    const again = await act(video, 'join', bob, callId)
    assert.deepEqual([again.status, again.code], [403, 'FORBIDDEN'])
    assert.equal(await first.refusal('join', joining), 'FORBIDDEN')
    await host.socket.nextOf('lobby.waiting', ({ waiting }) => waiting.length === 0)
    assert.equal((await moderate(video, 'admit', [ada, callId], { user_id: bob.userId })).status, 200)
    assert.equal((await act(video, 'join', bob, callId)).status, 200)
    const records = video.lines.filter(({ stream, target_id, result }) => {
      return stream === 'audit' && target_id === bob.userId && result === 'allowed'
    })
    assert.deepEqual(
      records.map(({ action, user_id, reason }) => [action, user_id, reason]),
      [
        ['deny', ada.userId, `call ${callId}`],
        ['admit', ada.userId, `call ${callId}`],
      ],
    )
  })

  test('lets in all who wait at once, by a co-host too, who hears of them as soon as he is one', async (t) => {
    const video = shared()
    const { people, callId, host, joining } = await startLobby(t, video, 5)
    const [ada, bob, cleo, dan, eve] = people
    await act(video, 'accept', bob, callId)
    await moderate(video, 'admit', [ada, callId], { user_id: 'all' })
    const helper = await TestPeer.join(t, video, bob, { callId })
    const sockets = [await knock(t, video, cleo, joining), await knock(t, video, dan, joining)]
    assert.equal(await helper.socket.refusal('moderate.admit', { user_id: 'all' }), 'FORBIDDEN')
    assert.deepEqual(waitingOf(helper.socket), [], 'a speaker is not told')
    await setRole(video, [ada, callId], bob, 'cohost')
    await helper.socket.nextOf('lobby.waiting', ({ waiting }) => waiting.length === 2)
    await host.socket.ask('moderate.lock', {})
    assert.equal(await helper.socket.refusal('moderate.admit', { user_id: 'all' }), 'CALL_LOCKED')
    assert.equal((await act(video, 'join', eve, callId)).code, 'CALL_LOCKED')
    await host.socket.ask('moderate.lock', { is_locked: false })
    await helper.socket.ask('moderate.admit', { user_id: 'all' })
    for (const socket of sockets) {
      await socket.nextOf('lobby.admitted')
      await socket.enter(joining)
    }
    await knock(t, video, eve, joining)
    const { data } = await moderate(video, 'lobby', [ada, callId], { has_lobby: false })
    assert.equal(data.has_lobby, false)
    assert.equal(await admissionOf(video, eve, callId), 'admitted', 'without a lobby nobody waits')
  })

  test('forgets nobody who waits where his line breaks; who leaves it waits no longer, and with the call nobody does', async (t) => {
    const video = shared()
    const { people, callId, host, joining } = await startLobby(t, video, 4)
    const [, bob, cleo, dan] = people
    const broken = await knock(t, video, bob, joining)
    broken.end()
    await broken.closed
    const back = await knock(t, video, bob, joining)
    assert.equal(waitingOf(host.socket).length, 1)
    const leaving = await knock(t, video, cleo, joining)
    await leaving.ask('leave', {})
    assert.equal(await admissionOf(video, cleo, callId), 'withdrawn')
    assert.equal(await leaving.refusal('leave', {}), 'CONFLICT', 'he waits no longer')
    await knock(t, video, dan, joining)
    await act(video, 'leave', dan, callId)
    assert.equal(await admissionOf(video, dan, callId), 'withdrawn')
    await host.socket.nextOf('lobby.waiting', ({ waiting, seq }) => waiting.length === 1 && seq > 3)
    await host.socket.ask('moderate.end', {})
    assert.equal((await back.nextOf('lobby.refused')).reason, 'ended')
    assert.equal(await admissionOf(video, bob, callId), 'missed')
    assert.equal(await back.refusal('join', joining), 'CALL_ENDED')
  })

  test('keeps nobody waiting for ever: he is told, and may ask again', async (t) => {
    const video = impatient()
    const { people, host, joining } = await startLobby(t, video, 3)
    const [, bob] = people
    const socket = await knock(t, video, bob, joining)
    assert.equal((await socket.nextOf('lobby.refused', () => true, lobbyMs + 5_000)).reason, 'missed')
    await host.socket.nextOf('lobby.waiting', ({ waiting }) => waiting.length === 0)
    assert.equal((await socket.ask('join', joining)).participant_id, null)
  })

  test('who was taken out asks again, and who may not know of the call any more waits no longer', async (t) => {
    const video = shared()
    const { people, callId, host, joining } = await startLobby(t, video, 3)
    const [ada, bob, cleo] = people
    await knock(t, video, bob, joining)
    await moderate(video, 'admit', [ada, callId], { user_id: bob.userId })
    await act(video, 'join', bob, callId)
    await moderate(video, 'kick', [ada, callId], { user_id: bob.userId })
    const socket = await knock(t, video, bob, joining)
    const gone = await knock(t, video, cleo, joining)
    await host.socket.ask('moderate.kick', { user_id: bob.userId, ban: true })
    assert.equal((await socket.nextOf('lobby.refused')).reason, 'banned')
    await video.context.sql.execute`update members set left_at = now() where user_id = ${cleo.userId}`
    assert.equal((await gone.nextOf('lobby.refused')).reason, 'withdrawn')
    assert.equal(await gone.refusal('join', joining), 'CALL_NOT_FOUND')
  })

  test('who was let in and is removed from the conversation asks again when he is back in it', async (t) => {
    const video = shared()
    const { people, host, joining } = await startLobby(t, video, 3)
    const [, bob] = people
    const socket = await knock(t, video, bob, joining)
    await host.socket.ask('moderate.admit', { user_id: bob.userId })
    await socket.nextOf('lobby.admitted')
    await socket.enter(joining)
    const { sql } = video.context
    await sql.execute`update members set left_at = now() where user_id = ${bob.userId}`
    await socket.nextOf('participant.left')
    await sql.execute`update members set left_at = null where user_id = ${bob.userId}`
    await knock(t, video, bob, joining)
  })

  test('so does who had not come yet, or had left, when he was removed', async (t) => {
    const video = shared()
    const { people, callId, host, joining } = await startLobby(t, video, 3)
    const [ada, bob, cleo] = people
    await moderate(video, 'lobby', [ada, callId], { has_lobby: false })
    await act(video, 'join', cleo, callId)
    await act(video, 'leave', cleo, callId)
    await moderate(video, 'lobby', [ada, callId], {})
    const socket = await knock(t, video, bob, joining)
    await host.socket.ask('moderate.admit', { user_id: bob.userId })
    await socket.nextOf('lobby.admitted')
    for (const person of [bob, cleo]) {
      const { sql } = video.context
      await sql.execute`update members set left_at = clock_timestamp() where user_id = ${person.userId}`
      assert.equal((await act(video, 'join', person, callId)).code, 'CALL_NOT_FOUND')
      // As chat adds somebody who was there before.
      await sql.execute`
        update members set left_at = null, joined_at = clock_timestamp() where user_id = ${person.userId}`
      await knock(t, video, person, joining)
    }
  })

  test('is asked within the limits of joining, however often somebody comes and goes', async (t) => {
    const video = impatient()
    const { people, joining } = await startLobby(t, video, 3)
    const socket = await TestSocket.open(t, video, people[1])
    const codes = new Set<string>()
    for (let asked = 0; asked < 25; asked += 1) {
      codes.add(await socket.refusal('join', joining))
      if (!codes.has('RATE_LIMITED')) await socket.ask('leave', {})
    }
    assert.deepEqual(codes, new Set(['accepted', 'RATE_LIMITED']))
  })

  test('holds so many, and none where two talk', async (t) => {
    const video = shared()
    const { people, callId, joining } = await startLobby(t, video, 3)
    const [, bob, cleo] = people
    await knock(t, video, bob, joining)
    await video.context.sql.execute`
      insert into call_admissions (call_id, user_id, status, asked_at, waits_until)
      select ${callId}, gen_random_uuid(), 'waiting', now(), now() + interval '1 hour'
      from generate_series(2, ${limits.waitingPerCall}::int)`
    assert.equal((await act(video, 'join', cleo, callId)).code, 'CALL_FULL')
    assert.equal((await act(video, 'join', bob, callId)).status, 202)
    const two = await createCircle(video, 2)
    const refused = await initiate(video, two.people[0], { conversation_id: two.conversationId, has_lobby: true })
    assert.equal(refused.code, 'VALIDATION_ERROR')
  })
})
