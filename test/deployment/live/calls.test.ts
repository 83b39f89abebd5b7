import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { calls, conversations, iceServers } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import type { IceServer } from '@secureconnect/test/media'
import { call } from '@secureconnect/test/services'
import { TestPeer } from '@secureconnect/video-service/testing'
import { mayStopContainers } from './config.ts'
import { LiveStack } from './live-stack.ts'
import { gateway, Someone } from './someone.ts'

const found = await LiveStack.find()
const skip = typeof found === 'string' && found
const onlyByRestart = mayStopContainers ? false : 'restarts a container, so only with STOP_CONTAINERS=yes'
/** So long a call waits for its people. */
const backMs = 30_000

type Cleanup = { after: (work: () => unknown) => void }

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

/** Two people with a conversation. */
async function introduce() {
  const [ada, bob] = [await Someone.signUp(), await Someone.signUp()]
  const body = { type: 'direct', participant_ids: [bob.userId] }
  const { data, error } = await call(gateway, conversations.create, { token: ada.token, body })
  assert.ok(data, JSON.stringify(error))
  return { ada, bob, conversationId: data.conversation_id }
}

/** A call that one of them began and the other one took, with both in it. */
async function meet(t: Cleanup, { ada, bob, conversationId }: Awaited<ReturnType<typeof introduce>>) {
  const body = { conversation_id: conversationId, call_type: 'video' }
  const { data, error } = await call(gateway, calls.initiate, { token: ada.token, body })
  assert.ok(data, JSON.stringify(error))
  const { call_id: callId } = data
  t.after(() => call(gateway, calls.end, { token: ada.token, params: { call_id: callId } }))
  await call(gateway, calls.accept, { token: bob.token, params: { call_id: callId } })
  const peers = [await TestPeer.join(t, gateway, ada, { callId }), await TestPeer.join(t, gateway, bob, { callId })]
  return { callId, peers }
}

/** Waits until the media of each have come to the other one. */
async function hearEachOther([ada, bob]: readonly TestPeer[]): Promise<void> {
  assert.ok(ada && bob)
  const [fromAda, fromBob] = [await bob.offer(ada), await ada.offer(bob)]
  await Promise.all([bob.receive(fromAda), ada.receive(fromBob)])
}

async function talk(peers: readonly TestPeer[]): Promise<void> {
  await Promise.all(peers.map((peer) => peer.connect('recv')))
  await Promise.all(peers.map((peer) => peer.publish('mic')))
  await hearEachOther(peers)
}

/** The relay as somebody is told of it; the name of the installation leads to its address only where it is in the DNS. */
async function findRelays({ token }: Someone): Promise<IceServer[]> {
  const { relay, ice_servers } = (await call(gateway, iceServers.list, { token })).data
  assert.ok(relay, 'there is a relay')
  const hostname = '127.0.0.1'
  return ice_servers.flatMap(({ urls, username = '', credential = '' }) =>
    urls
      .filter((url) => /^turn:.*udp$/.test(url))
      .map((): IceServer => ({ hostname, port: 3478, username, password: credential, relayType: 'TurnUdp' })),
  )
}

suite('a call on the stack', { skip }, () => {
  let people: Awaited<ReturnType<typeof introduce>>
  before(async () => {
    people = await introduce()
  })

  test('two people hear each other', async (t) => {
    const { peers } = await meet(t, people)
    await talk(peers)
    assert.deepEqual(
      peers.map(({ ways }) => ways),
      [
        ['host', 'host'],
        ['host', 'host'],
      ],
    )
  })

  test('and so they do where nothing but the relay is reached', async (t) => {
    const { peers } = await meet(t, people)
    for (const peer of peers) peer.turnServers = await findRelays(people.ada)
    await talk(peers)
    assert.deepEqual(
      peers.map(({ ways }) => ways),
      [
        ['relay', 'relay'],
        ['relay', 'relay'],
      ],
    )
  })

  test('when video-service is started anew they are in it as before, and hear each other', {
    skip: onlyByRestart,
  }, async (t) => {
    const { callId, peers } = await meet(t, people)
    const [ada, bob] = peers
    assert.ok(ada && bob)
    await talk(peers)
    const before = peers.map(({ id }) => id)
    const gone = Promise.all(peers.map(({ socket }) => socket.closed))
    await stack().restart('video-service')
    const startedAt = performance.now()
    await gone
    const isReached = async () => (await call(gateway, calls.list, { token: people.ada.token })).status === 200
    await until('video-service is reached again', isReached, backMs)
    await Promise.all([ada.resumeOn(gateway, people.ada, callId), bob.resumeOn(gateway, people.bob, callId)])
    await Promise.all(peers.map((peer) => peer.rebuild()))
    await hearEachOther(peers)
    const tookMs = Math.round(performance.now() - startedAt)
    assert.deepEqual(
      peers.map(({ id }) => id),
      before,
    )
    assert.ok(tookMs < backMs, `${tookMs} ms`)
    t.diagnostic(`they heard each other ${tookMs} ms after its start`)
    await stack().well()
  })
})
