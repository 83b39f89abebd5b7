import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { closeCodes, errorStatus } from '@secureconnect/protocol'
import { createRandom, type Random, scale } from '@secureconnect/test/helpers'
import { hostileFrame, type KnownIds } from './hostile-frames.ts'
import { startCall, startConnectedCall } from './start-call.ts'
import { rtpCapabilities, type TestPeer } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { type Person, startVideo, type Video } from './test-video.ts'

const frameCount = scale(100_000, 2_000)
const framesPerSocket = 40
const atOnce = 4
const seed = 1

type Cleanup = { after: (work: () => unknown) => void }
type Target = { video: Video; person: Person; callId: string; others: KnownIds }

/** What somebody else has in the same call, and what a stranger would like to have. */
async function listIds(peer: TestPeer, callId: string): Promise<KnownIds> {
  const transport_id = [await peer.connect('recv'), await peer.connect('send')]
  return { call_id: callId, transport_id, producer_id: [await peer.publish('mic')], consumer_ids: [] }
}

/** Sends some frames on a socket of their own that is in the call, and looks at all that comes back. */
async function attack(t: Cleanup, { video, person, callId, others }: Target, random: Random): Promise<void> {
  const socket = await TestSocket.open(t, video, person)
  await socket.request('join', { call_id: callId, rtp_capabilities: rtpCapabilities })
  const own = await Promise.all([
    socket.request('transport.create', { direction: 'send' }),
    socket.request('transport.create', { direction: 'recv' }),
  ])
  const transports = own.flatMap((reply) => (reply.ok ? reply.data.transport_id : []))
  const known = { ...others, transport_id: [...transports, ...others.transport_id] }
  for (let sent = 0; sent < framesPerSocket; sent += 1) socket.ws.send(JSON.stringify(hostileFrame(random, known)))
  const last = socket.request('consumer.pause', { consumer_ids: others.producer_id }).catch(() => undefined)
  const ending = await Promise.race([last, socket.closed])
  if (typeof ending === 'number') assert.ok(expectedCloses.has(ending), `closed with ${ending}`)
  for (const { ok, error } of socket.frames.filter(({ type }) => type === 'reply')) {
    assert.ok(ok || (error as { code: string }).code in errorStatus, JSON.stringify(error))
  }
  socket.ws.close()
  if (typeof ending !== 'number') await once(socket.ws, 'close')
}

const expectedCloses = new Set<number>([closeCodes.policy.code, closeCodes.replaced.code])

test(`${frameCount} frames that make no sense cost nobody else anything, neither service nor worker`, async (t) => {
  const video = await startVideo(t)
  const { peers, callId } = await startConnectedCall(t, video, 2)
  const [ada, bob] = peers
  assert.ok(ada && bob)
  const others = await listIds(ada, callId)
  await bob.connect('recv')
  const ssrc = await bob.receive(await bob.offer(ada))
  const theirs = await startCall(video, atOnce)

  const random = createRandom(seed)
  let left = frameCount
  await Promise.all(
    theirs.people.map(async (person) => {
      while (left > 0) {
        left -= framesPerSocket
        await attack(t, { video, person, callId: theirs.callId, others }, random)
      }
    }),
  )
  assert.deepEqual(
    video.lines.filter(({ level }) => level === 'error' || level === 'fatal'),
    [],
  )
  assert.equal(video.lines.filter(({ message }) => message === 'media worker started').length, 1)
  await bob.hear(ssrc)
})
