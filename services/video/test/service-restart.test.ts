import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startCall } from './start-call.ts'
import { startKillable } from './start-killable.ts'
import { rtpCapabilities, TestPeer } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { createCircle, initiate } from './test-video.ts'

const resumeMs = 4_000
const settings = { CALL_RESUME_MS: String(resumeMs) }

test('a service that is killed and started again has the same people in the same calls, with their media', async (t) => {
  const { beside, start } = await startKillable(t, settings)
  const first = await start()
  const { people, callId } = await startCall(beside, 3)
  const peers: TestPeer[] = []
  for (const person of people) peers.push(await TestPeer.join(t, first, person, { callId }))
  const [ada, bob, cem] = peers
  assert.ok(ada && bob && cem && people[0] && people[1])
  await Promise.all([ada.publish('mic'), bob.connect('recv')])
  await bob.receive(await bob.offer(ada))
  const ids = peers.map(({ id }) => id)

  first.child.kill('SIGKILL')
  await Promise.all(peers.map(({ socket }) => socket.closed))
  const second = await start()
  const joined = await Promise.all([ada.resumeOn(second, people[0], callId), bob.resumeOn(second, people[1], callId)])
  assert.deepEqual(
    joined.map(({ participant_id, recovered, call }) => ({ participant_id, recovered, status: call.status })),
    ids.slice(0, 2).map((participant_id) => ({ participant_id, recovered: false, status: 'active' })),
  )
  const seen = joined[0]?.participants.map(({ participant_id }) => participant_id) ?? []
  assert.deepEqual(seen.toSorted(), ids.slice(1).toSorted(), 'whoever is not back yet is expected')
  await Promise.all([ada.rebuild(), bob.rebuild()])
  await bob.receive(await bob.offer(ada))

  const left = await ada.socket.nextOf('participant.left', () => true, resumeMs + 10_000)
  assert.equal(left.participant_id, cem.id, 'who does not come back is gone after a while')
})

test('a call to which nobody came back in time is over, and says so', async (t) => {
  const { beside, start } = await startKillable(t, settings)
  const first = await start()
  const { people, callId } = await startCall(beside, 2)
  for (const person of people) await TestPeer.join(t, first, person, { callId })
  first.child.kill('SIGKILL')
  const second = await start()
  const [ada] = people
  assert.ok(ada)
  // Both look after calls, and one of them ends it.
  const ends = [beside, second].map((one) =>
    one.line(({ message, call_id }) => message === 'a call is over' && call_id === callId),
  )
  await Promise.race(ends)
  const socket = await TestSocket.open(t, second, ada)
  assert.equal(await socket.refusal('join', { call_id: callId, rtp_capabilities: rtpCapabilities }), 'CALL_ENDED')
})

test('a service that is killed and started again has the same person waiting to be let into a call', async (t) => {
  const { beside, start } = await startKillable(t, settings)
  const first = await start()
  const { people, conversationId } = await createCircle(beside, 3)
  const [ada, bob] = people
  const { data } = await initiate(beside, ada, { conversation_id: conversationId, has_lobby: true })
  const joining = { call_id: data.call_id, rtp_capabilities: rtpCapabilities }
  const host = await TestPeer.join(t, first, ada, { callId: data.call_id })
  const before = await TestSocket.open(t, first, bob)
  assert.equal((await before.ask('join', joining)).participant_id, null)
  first.child.kill('SIGKILL')
  await Promise.all([host.socket.closed, before.closed])

  const second = await start()
  const { waiting } = await host.resumeOn(second, ada, data.call_id)
  assert.deepEqual(
    waiting.map(({ user_id }) => user_id),
    [bob.userId],
  )
  const socket = await TestSocket.open(t, second, bob)
  assert.equal((await socket.ask('join', joining)).participant_id, null)
  await host.socket.ask('moderate.admit', { user_id: 'all' })
  await socket.nextOf('lobby.admitted')
  await socket.enter(joining)
})
