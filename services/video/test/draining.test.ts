import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { allowedMs, type ServiceProcess, scale } from '@secureconnect/test/helpers'
import { tellNode } from '../src/nodes/tell-node.ts'
import { startGround } from './ground.ts'
import { moderate, setRole } from './moderate.ts'
import { startCall } from './start-call.ts'
import { rtpCapabilities, TestPeer } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { act, createCircle, initiate, type Person, type Video } from './test-video.ts'

const backWithinMs = 2_000

type Talk = { people: Person[]; peers: TestPeer[]; callId: string; heard: number[] }

/** Nodes that can be stopped, and a process beside them that makes people and calls and takes no rooms itself. */
async function startNodes(t: TestContext) {
  const ground = await startGround(t, {})
  const beside = await ground.here({ VIDEO_NODE: 'beside' })
  await beside.context.rooms.leave()
  await tellNode(beside.context)
  return { beside, start: (name: string, more = {}) => ground.spawn({ VIDEO_NODE: name, ...more }) }
}

/** A call in which one is heard by the others. */
async function talk(t: TestContext, beside: Video, at: ServiceProcess): Promise<Talk> {
  const { people, callId } = await startCall(beside, 3)
  const peers: TestPeer[] = []
  for (const person of people) peers.push(await TestPeer.join(t, at, person, { callId }))
  const [speaker, ...listeners] = peers
  await speaker?.publish('mic')
  const heard: number[] = []
  for (const listener of listeners) {
    await listener.connect('recv')
    if (speaker) heard.push(await listener.receive(await listener.offer(speaker)))
  }
  return { people, peers, callId, heard }
}

/** Goes where he is told to, as the SDK does; answers how long he was without media. */
async function follow({ people, peers, callId }: Talk, index: number, nodes: Readonly<Record<string, ServiceProcess>>) {
  const [peer, person, speaker] = [peers[index], people[index], peers[0]]
  assert.ok(peer && person && speaker)
  const told = await peer.socket.nextOf('room.moved', () => true, 20_000)
  const goneAt = peer.socket.arrivedAt.get(told) ?? Number.NaN
  const node = nodes[new URL(told.signaling_url).searchParams.get('node') ?? '']
  assert.ok(node, told.signaling_url)
  const id = peer.id
  const { participant_id, own, recovered, call } = await peer.resumeOn(node, person, callId)
  assert.deepEqual([participant_id, call.status, recovered], [id, 'active', false])
  await peer.rebuild()
  if (peer !== speaker) await peer.receive(await peer.offer(speaker))
  return { own, call, tookMs: performance.now() - goneAt }
}

/** What of a call has to outlast the node: what people are in it, and that nobody else comes in. */
async function arrange(beside: Video, { people, callId }: Talk): Promise<void> {
  const [host, bob, cem] = people
  assert.ok(host && bob && cem)
  await setRole(beside, [host, callId], bob, 'cohost')
  await moderate(beside, 'mute', [host, callId], { user_id: cem.userId })
  await moderate(beside, 'lock', [host, callId], {})
}

async function waitAtTheDoor(t: TestContext, beside: Video, at: ServiceProcess) {
  const { conversationId, people } = await createCircle(beside, 3)
  const { data } = await initiate(beside, people[0], { conversation_id: conversationId, has_lobby: true })
  const knock = async (node: ServiceProcess) => {
    const socket = await TestSocket.open(t, node, people[1])
    const reply = await socket.ask('join', { call_id: data.call_id, rtp_capabilities: rtpCapabilities })
    assert.equal(reply.participant_id, null)
    return socket
  }
  return { knock, socket: await knock(at) }
}

test('a process that is to stop waits for calls that no other takes; as soon as one does they go on there, and nobody leaves', async (t) => {
  const { beside, start } = await startNodes(t)
  const first = await start('video-1', { DRAIN_SECONDS: '20' })
  const talks: [Talk, ...Talk[]] = [await talk(t, beside, first)]
  while (talks.length < scale(20, 2)) talks.push(await talk(t, beside, first))
  const [arranged] = talks
  await arrange(beside, arranged)
  const ending = await talk(t, beside, first)
  const door = await waitAtTheDoor(t, beside, first)

  first.child.kill('SIGTERM')
  const told = await first.line(({ message }) => String(message).startsWith('waiting for calls to end'))
  assert.deepEqual([told.calls, told.people], [talks.length + 2, 3 * (talks.length + 1)])
  const [bob, person, ssrc] = [arranged.peers[1], arranged.people[1], arranged.heard[0]]
  assert.ok(bob && person && ssrc && ending.people[0])
  bob.socket.end()
  assert.equal(
    (await bob.resumeOn(first, person, arranged.callId)).recovered,
    true,
    'who is in a call comes back to it',
  )
  await bob.hear(ssrc)
  const begun = await startCall(beside, 2)
  const early = await TestSocket.open(t, first, begun.people[0] ?? person)
  const joining = { call_id: begun.callId, rtp_capabilities: rtpCapabilities }
  assert.equal(await early.refusal('join', joining), 'SERVICE_UNAVAILABLE', 'no call begins there')
  await act(beside, 'end', ending.people[0], ending.callId)

  const second = await start('video-2')
  const places = talks.flatMap((one) => one.peers.map((_, index) => ({ one, index })))
  const back = await Promise.all(places.map(({ one, index }) => follow(one, index, { 'video-2': second })))
  const tookMs = back.map((one) => one.tookMs).toSorted((a, b) => a - b)
  t.diagnostic(`media were back after ${Math.round(tookMs[0] ?? 0)} to ${Math.round(tookMs.at(-1) ?? 0)} ms`)
  assert.ok(
    (tookMs[Math.floor(tookMs.length * 0.95)] ?? Number.NaN) < allowedMs(backWithinMs),
    `${tookMs.map(Math.round)} ms`,
  )
  assert.deepEqual(
    back.slice(0, 3).map(({ own, call }) => [own.role, own.held_sources, call.is_locked]),
    [
      ['host', [], true],
      ['cohost', [], true],
      ['speaker', ['mic', 'screen_audio'], true],
    ],
  )
  const found = await act(beside, 'join', begun.people[0] ?? person, begun.callId)
  assert.match(found.data.signaling_url, /\?node=video-2$/, 'a call begins there')
  await door.socket.nextOf('room.moved')
  await door.knock(second)
  assert.equal((await first.ended).code, 0)
  for (const { people, callId } of talks) {
    const [caller] = people
    assert.ok(caller)
    const { data } = await act(beside, 'listParticipants', caller, callId)
    assert.deepEqual(
      data.participants.map(({ state }) => state),
      ['connected', 'connected', 'connected'],
    )
  }
})
