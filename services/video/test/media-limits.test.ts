import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { limits } from '@secureconnect/protocol'
import { createPlatform, startOn } from '@secureconnect/test/services'
import * as service from '../src/index.ts'
import { WorkerLoad } from '../src/media/worker-load.ts'
import { setRole } from './moderate.ts'
import { startCall, startConnectedCall } from './start-call.ts'
import { describeStream, rtpCapabilities } from './test-peer.ts'
import { type FrameOf, TestSocket } from './test-socket.ts'
import { act, createCircle, initiate, shareVideo, startVideo } from './test-video.ts'

test('without a media worker calls say so, and how far it is; everything else goes on', async (t) => {
  const env = { MEDIASOUP_WORKER_BIN: '/nowhere/mediasoup-worker' }
  const video = await startOn(t, service, { platform: await createPlatform(t, 'pglite'), env })
  await video.line(({ message }) => message === 'calls cannot be served')
  const { people, conversationId } = await createCircle(video, 2)
  const [ada] = people
  assert.ok(ada)
  const refused = await initiate(video, ada, { conversation_id: conversationId })
  assert.deepEqual([refused.status, refused.code], [503, 'MEDIA_NOT_READY'])
  assert.match(refused.error.message, /does not run here/)
  const socket = await TestSocket.open(t, video, ada)
  const joining = { call_id: conversationId, rtp_capabilities: rtpCapabilities }
  assert.equal(await socket.refusal('join', joining), 'MEDIA_NOT_READY')
  assert.equal((await act(video, 'get', ada, conversationId)).code, 'CALL_NOT_FOUND')
  const health = await fetch(`${video.address}/ready`)
  assert.equal(health.status, 200)
})

test('what people tell the room is little, for each of them, also when he comes back on another line', async (t) => {
  const perSecond = 2
  const video = await startVideo(t, 'pglite', { CALL_DATA_PER_SECOND: String(perSecond) })
  const { peers, people, callId } = await startConnectedCall(t, video, 3)
  const [ada, bob, cem] = peers
  assert.ok(ada && bob && cem && people[0])
  const startedAt = performance.now()
  const asked: Awaited<ReturnType<typeof ada.socket.request<'data.send'>>>[] = []
  const ask = async () => asked.push(await ada.socket.request('data.send', { data: 'listen' }))
  for (let count = 0; count < 10; count += 1) await ask()
  await ada.resumeOn(video, people[0], callId)
  for (let count = 0; count < 10; count += 1) await ask()
  const earned = 3 * perSecond + Math.ceil(((performance.now() - startedAt) / 1_000) * perSecond)
  const refused = asked.flatMap((reply) => (reply.ok ? [] : reply.error))
  assert.ok(asked.length - refused.length <= earned, `${asked.length - refused.length} of ${earned}`)
  assert.ok(refused.length > 0)
  for (const { code, retry_after_ms } of refused) assert.ok(code === 'RATE_LIMITED' && (retry_after_ms ?? 0) > 0)
  assert.equal(
    await bob.socket.refusal('data.send', { data: '€'.repeat(limits.roomDataBytes / 2) }),
    'VALIDATION_ERROR',
  )
  await bob.socket.ask('data.send', { data: 'x'.repeat(limits.roomDataBytes) })
  await cem.socket.nextOf('data', ({ participant_id }) => participant_id === bob.id)
  const heard = cem.socket.pushes.filter((push) => push.type === 'data' && push.participant_id === ada.id)
  assert.equal(heard.length, asked.length - refused.length)
})

suite('workers that have all they can do', () => {
  const shared = shareVideo()

  test('take nobody new, and lose nothing of those who are there', async (t) => {
    const video = shared()
    const { peers, people, callId } = await startConnectedCall(t, video, 2)
    const [ada, bob] = peers
    assert.ok(ada && bob && people[1])
    await Promise.all([ada.publish('mic'), bob.connect('recv')])
    const ssrc = await bob.receive(await bob.offer(ada))
    const waiting = await startCall(video, 2)
    t.mock.getter(WorkerLoad.prototype, 'ratio', () => 1.2)
    const [newcomer] = waiting.people
    assert.ok(newcomer)
    const socket = await TestSocket.open(t, video, newcomer)
    const reply = await socket.request('join', { call_id: waiting.callId, rtp_capabilities: rtpCapabilities })
    assert.ok(
      !reply.ok && reply.error.code === 'CAPACITY' && (reply.error.retry_after_ms ?? 0) > 0,
      JSON.stringify(reply),
    )
    const { conversationId, people: others } = await createCircle(video, 2)
    assert.equal((await initiate(video, others[0] ?? newcomer, { conversation_id: conversationId })).code, 'CAPACITY')
    await assert.rejects(ada.produce('camera', describeStream('video', 1)), /CAPACITY/)
    assert.equal((await bob.resumeOn(video, people[1], callId)).recovered, true)
    await bob.hear(ssrc)
  })
})

suite('what somebody may send', () => {
  const speakerKbps = 200
  const shared = shareVideo('pglite', { MEDIA_SPEAKER_KBPS: String(speakerKbps), CALL_QUALITY_MS: '500' })

  test('is told, and held to by what he is in the call: the pictures of who sends far more are stopped', async (t) => {
    const video = shared()
    const { peers, people, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob] = peers
    const [host, speaker] = people
    assert.ok(ada && bob && host && speaker)
    assert.equal(bob.joined?.most_bitrates.speaker, speakerKbps * 1_000)
    await Promise.all([ada.connect('recv'), bob.connect('send')])
    const { codecs } = describeStream('video', 7)
    const greedy = { codecs, encodings: [{ ssrc: 7, maxBitrate: speakerKbps * 1_000 + 1 }], rtcp: {} }
    await assert.rejects(bob.produce('screen', greedy), /VALIDATION_ERROR.*200000 bits per second/)
    const producer_id = await bob.publishSimulcast([1_000, 1_000])
    const ssrc = await ada.receive(await ada.offer(bob, 'camera'))
    const stopped = ({ participant }: FrameOf<'participant.updated'>) =>
      participant.participant_id === bob.id && participant.sources.some(({ is_paused }) => is_paused)
    await Promise.all([ada, bob].map(({ socket }) => socket.nextOf('participant.updated', stopped)))
    const before = ada.count(ssrc)
    assert.equal((await setRole(video, [host, callId], speaker, 'cohost')).status, 200)
    const isCohost = ({ participant }: FrameOf<'participant.updated'>) => participant.role === 'cohost'
    await bob.socket.nextOf('participant.updated', isCohost)
    assert.ok(ada.count(ssrc) <= before + 5)
    await bob.socket.ask('producer.resume', { producer_id })
    await ada.hear(ssrc, 5_000, 60)
  })
})
