import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type Call, calls } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { until } from '@secureconnect/test/helpers'
import { noteParticipantBack, noteRoomLines, noteRoomReady } from '../src/calls/note-presence.ts'
import { act, call, createCircle, initiate, type Person, shareVideo, type Video } from './test-video.ts'

const ringMs = 700
const resumeMs = 900

async function untilStatus(video: Video, person: Person, callId: string, status: Call['status']): Promise<Call> {
  let seen: Call | undefined
  await until(`the call is ${status}`, async () => {
    seen = (await act(video, 'get', person, callId)).data
    return seen.status === status
  })
  assert.ok(seen)
  return seen
}

const holder = newId()

/** Stands for the room of a call: this process has it for so long. */
async function holdRoom({ context: { sql } }: Video, callId: string, leaseMs = 60_000): Promise<void> {
  await sql.execute`
    insert into call_rooms (call_id, node, holder, lease_until)
    values (${callId}, 'video-7', ${holder}, clock_timestamp() + interval '1 millisecond' * ${leaseMs}::float8)
    on conflict (call_id) do update set lease_until = excluded.lease_until`
}

/** A call of two whose media flows. */
async function connectTwo(video: Video) {
  const { people, conversationId } = await createCircle(video, 2)
  const [ada, bob] = people
  const { call_id: callId } = (await initiate(video, ada, { conversation_id: conversationId })).data
  await act(video, 'accept', bob, callId)
  await holdRoom(video, callId)
  const { participants } = (await act(video, 'listParticipants', ada, callId)).data
  const connect = async ({ userId, sessionId }: Person) => {
    const participantId = participants.find(({ user_id }) => user_id === userId)?.participant_id ?? ''
    const back = { callId, holder, roomId: newId(), participantId, sessionId }
    const state = await noteParticipantBack(video.context, back)
    return state?.participants.find(({ participant_id }) => participant_id === participantId)
  }
  for (const person of [ada, bob]) assert.equal((await connect(person))?.resume_until, null)
  return { ada, bob, callId, connect }
}

async function countOf({ context: { metrics } }: Video, name: 'callRecoverySuccess' | 'callRecoveryFailed') {
  return (await metrics[name].get()).values.reduce((sum, { value }) => sum + value, 0)
}

suite('what nobody has to ask for', () => {
  const shared = shareVideo('postgres', { CALL_RING_MS: String(ringMs), CALL_RESUME_MS: String(resumeMs) })

  test('a call that nobody answers is missed, and one that somebody answered rings no longer at the others', async () => {
    const video = shared()
    const [alone, group] = [await createCircle(video, 2), await createCircle(video, 3)]
    const [ada, bob] = alone.people
    const missed = await initiate(video, ada, { conversation_id: alone.conversationId })
    const [caller, callee, other] = group.people
    const { data } = await initiate(video, caller, { conversation_id: group.conversationId })
    await act(video, 'accept', callee, data.call_id)
    const over = await untilStatus(video, bob, missed.data.call_id, 'missed')
    assert.deepEqual([over.invite_status, over.end_reason, over.answered_at], ['missed', 'unanswered', null])
    await until('it rings no longer', async () => {
      return (await act(video, 'get', other, data.call_id)).data.invite_status === 'missed'
    })
    const next = await initiate(video, bob, { conversation_id: alone.conversationId })
    assert.equal(next.data.status, 'ringing', 'the line is free again')
  })

  test('whoever answers and never connects has left when his time is over', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada, bob] = people
    const { data } = await initiate(video, ada, { conversation_id: conversationId })
    await act(video, 'accept', bob, data.call_id)
    const over = await untilStatus(video, ada, data.call_id, 'ended')
    assert.equal(over.end_reason, 'lost')
  })

  test('a call goes on while its people are connected, and waits for who is away', async () => {
    const video = shared()
    const { ada, bob, callId, connect } = await connectTwo(video)
    const before = (await act(video, 'listParticipants', ada, callId)).data.participants
    assert.deepEqual(
      before.map(({ state }) => state),
      ['connected', 'connected'],
    )
    const { participant_id: participantId = '' } = before.find(({ user_id }) => user_id === bob.userId) ?? {}
    const lose = (connection: number) => {
      const lines = [{ participantId, connection, isHere: false }]
      return noteRoomLines(video.context, { callId, holder, lines })
    }
    await lose(1)
    assert.equal((await connect(bob))?.connection, 2)
    await lose(1)
    const after = (await act(video, 'listParticipants', ada, callId)).data.participants
    assert.deepEqual(after, before, 'an older connection ends nothing')
    await lose(2)
    assert.equal((await untilStatus(video, ada, callId, 'ended')).end_reason, 'lost')
    assert.equal((await connect(bob))?.participant_id, undefined, 'who was lost comes back to nothing')
  })

  test('people of a room that is lost have their time to come back, which begins when it is ready, and go on as the same', async () => {
    const video = shared()
    const recovered = await countOf(video, 'callRecoverySuccess')
    const { ada, bob, callId, connect } = await connectTwo(video)
    const ids = async () =>
      (await act(video, 'listParticipants', ada, callId)).data.participants.map(({ participant_id }) => participant_id)
    const before = await ids()
    await holdRoom(video, callId, 0)
    const states = async () =>
      (await act(video, 'listParticipants', ada, callId)).data.participants.map(({ state }) => state)
    await until('both are away', async () => (await states()).every((state) => state === 'away'))
    await holdRoom(video, callId)
    const ready = await noteRoomReady(video.context, callId)
    assert.ok(ready?.participants.every(({ resume_until }) => Number(resume_until) - Number(ready.at) === resumeMs))
    for (const person of [ada, bob]) await connect(person)
    assert.deepEqual([await states(), await ids()], [['connected', 'connected'], before])
    assert.equal(await countOf(video, 'callRecoverySuccess'), recovered + 1)
  })

  test('a call whose people do not come back after a restart ends, and says why', async () => {
    const video = shared()
    const { ada, callId } = await connectTwo(video)
    const failed = await countOf(video, 'callRecoveryFailed')
    await holdRoom(video, callId, 0)
    assert.equal((await untilStatus(video, ada, callId, 'ended')).end_reason, 'server_restart')
    assert.equal(await countOf(video, 'callRecoveryFailed'), failed + 1)
  })

  test('an outdated copy of a call brings nobody back', async () => {
    const video = shared()
    const { ada, callId } = await connectTwo(video)
    const { kv } = video.context
    const key = `call_state:${callId}`
    const copy = (await kv.get(key)) ?? ''
    assert.ok(copy.includes(ada.userId))
    await act(video, 'end', ada, callId)
    await kv.set(key, copy, { ttlMs: 60_000 })
    const { data } = await call(video, calls.get, { token: ada.token, params: { call_id: callId } })
    assert.equal(data.status, 'ended')
    const { participants } = (await act(video, 'listParticipants', ada, callId)).data
    assert.ok(participants.every(({ state }) => state === 'left'))
    await kv.set(key, '{"call":', { ttlMs: 60_000 })
    assert.equal((await act(video, 'get', ada, callId)).data.status, 'ended', 'nor does one that is no copy')
  })

  test('a call that was over long ago is forgotten with who was in it, and no other', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada] = people
    const { sql } = video.context
    const daysAgo = new Map([
      [newId(), 401],
      [newId(), 399],
    ])
    for (const [callId, days] of daysAgo) {
      await sql.execute`
        insert into calls (call_id, conversation_id, is_direct, call_type, caller_id, status, ended_at)
        values (${callId}, ${conversationId}, true, 'audio', ${ada.userId}, 'missed', now() - ${days} * interval '1 day')`
      await sql.execute`
        insert into call_invites (call_id, user_id, status) values (${callId}, ${ada.userId}, 'missed')`
    }
    const [old = '', young = ''] = daysAgo.keys()
    await until('the old one is forgotten', async () => (await act(video, 'get', ada, old)).code === 'CALL_NOT_FOUND')
    assert.equal((await act(video, 'get', ada, young)).status, 200)
    assert.equal(await sql.execute`select from call_invites where call_id = ${old}`, 0)
  })

  test('the signaling URL names the node that has the room', async () => {
    const video = shared()
    const { ada, callId } = await connectTwo(video)
    const { data } = await act(video, 'join', ada, callId)
    assert.match(data.signaling_url, /\?node=video-7$/)
  })
})
