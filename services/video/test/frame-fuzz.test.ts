import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeCodes, errorStatus } from '@secureconnect/protocol'
import { createRandom, type Random, scale } from '@secureconnect/test/helpers'
import { hostileCapabilities, hostileFrame, hostileId, type KnownIds } from './hostile-frames.ts'
import { startCall, startConnectedCall } from './start-call.ts'
import { rtpCapabilities, type TestPeer } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { type Person, startVideo, type Video } from './test-video.ts'

const frameCount = scale(100_000, 1_000)
const framesPerRound = 10
const roundsPerSocket = 4
const atOnce = 4
const seed = 1

type Cleanup = { after: (work: () => unknown) => void }
type Target = { video: Video; person: Person; callId: string; others: KnownIds }

/** What somebody else has in the same call, and what a stranger would like to have. */
async function listIds(peer: TestPeer, callId: string): Promise<KnownIds> {
  const transport_id = [await peer.connect('recv'), await peer.connect('send')]
  return { call_id: callId, transport_id, producer_id: [await peer.publish('mic')], consumer_ids: [] }
}

/** Comes into the call; with what no browser can play, where that is taken. */
async function join(socket: TestSocket, callId: string, random: Random): Promise<void> {
  const odd = { call_id: callId, rtp_capabilities: hostileCapabilities(random) }
  const { ok } = await socket.request('join', odd)
  if (!ok) await socket.ask('join', { call_id: callId, rtp_capabilities: rtpCapabilities })
}

/** Sends some frames that name what is there at this moment; answered when all of them are. */
async function sendSome(socket: TestSocket, known: KnownIds, random: Random): Promise<void> {
  // What was sent before has put other transports in the place of these.
  const made = await Promise.all([
    socket.request('transport.create', { direction: 'send' }),
    socket.request('transport.create', { direction: 'recv' }),
  ])
  const transports = made.flatMap((reply) => (reply.ok ? reply.data.transport_id : []))
  const offers = socket.pushes.flatMap((push) => (push.type === 'consumer.new' ? push.consumer_id : []))
  const own = { ...known, transport_id: [...transports, ...known.transport_id], consumer_ids: offers.slice(-5) }
  for (let sent = 0; sent < framesPerRound; sent += 1) socket.ws.send(JSON.stringify(hostileFrame(random, own)))
  await socket.request('consumer.pause', { consumer_ids: known.producer_id })
}

/** Sends frames on a socket of their own that is in the call, and looks at all that comes back. */
async function attack(t: Cleanup, { video, person, callId, others }: Target, random: Random): Promise<void> {
  const socket = await TestSocket.open(t, video, person)
  const sendAll = async () => {
    await join(socket, callId, random)
    for (let round = 0; round < roundsPerSocket; round += 1) await sendSome(socket, others, random)
  }
  const ending = await Promise.race([sendAll(), socket.closed])
  if (ending !== undefined) assert.ok(expectedCloses.has(ending), `closed with ${ending}`)
  for (const { ok, error } of socket.frames.filter(({ id }) => id === hostileId)) {
    replies[ok ? 'ok' : 'refused'] += 1
    assert.ok(ok || (error as { code: string }).code in errorStatus, JSON.stringify(error))
  }
  socket.end()
  await socket.closed
}

const replies = { ok: 0, refused: 0 }
const expectedCloses = new Set<number>([closeCodes.policy.code, closeCodes.replaced.code])

test(`${frameCount} frames that make no sense cost nobody else anything, neither service nor worker`, async (t) => {
  const video = await startVideo(t, 'pglite', { RATELIMIT_CALLS_JOIN: '100000' })
  const { peers, callId } = await startConnectedCall(t, video, 2)
  const [ada, bob] = peers
  assert.ok(ada && bob)
  const others = await listIds(ada, callId)
  await bob.connect('recv')
  const ssrc = await bob.receive(await bob.offer(ada))
  // A host may well end his call, so none of them is one, nor becomes one because he left.
  const {
    callId: theirs,
    people: [host, ...attackers],
  } = await startCall(video, 1 + atOnce)
  assert.ok(host)
  const hosting = await TestSocket.open(t, video, host)
  await hosting.enter({ call_id: theirs, rtp_capabilities: rtpCapabilities })

  const random = createRandom(seed)
  await Promise.all(
    attackers.map(async (person) => {
      // What a socket did not answer before it was closed does not count.
      while (replies.ok + replies.refused < frameCount) {
        await attack(t, { video, person, callId: theirs, others }, random)
      }
    }),
  )
  assert.deepEqual(
    video.lines.filter(({ level }) => level === 'error' || level === 'fatal'),
    [],
  )
  assert.equal(video.lines.filter(({ message }) => message === 'media worker started').length, 1)
  await bob.hear(ssrc)
  t.diagnostic(`${replies.ok} frames were taken, ${replies.refused} refused`)
})
