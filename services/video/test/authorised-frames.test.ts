import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, type TestContext, test } from 'node:test'
import { type SignalingRequestType, signalingRequests } from '@secureconnect/protocol'
import { createExample, toJsonSchema } from '@secureconnect/test/helpers'
import { createAdministrator, createScene } from './scene.ts'
import { describeStream, rtpCapabilities, TestPeer } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { createPerson, shareVideo, type Video } from './test-video.ts'

suite('who may ask what on the socket of calls', () => {
  const shared = shareVideo('postgres')

  /** Each request of the socket as a client writes it that names what there is. */
  async function createRequests(t: TestContext, video: Video) {
    const scene = await createScene(video)
    const inside = await TestPeer.join(t, video, scene.owner, scene)
    const transport_id = await inside.connect('send')
    const producer_id = await inside.publish('mic')
    const fingerprints = [{ algorithm: 'sha-1', value: Array(20).fill('00').join(':') }]
    const rtp_parameters = describeStream('audio', 1)
    const rtp = { rtp_capabilities: rtpCapabilities, rtp_parameters, dtls_parameters: { fingerprints } }
    const named = { call_id: scene.callId, transport_id, producer_id, consumer_ids: [randomUUID()] }
    const known = { ...named, kind: 'audio', source: 'mic', ...rtp }
    const requests = Object.entries(signalingRequests).map(([type, { frame }]) => {
      const {
        type: _type,
        id: _id,
        ...body
      } = createExample(toJsonSchema(frame), type, known) as Record<string, unknown>
      return { type: type as SignalingRequestType, body }
    })
    return { scene, inside, requests, named }
  }

  test('every request of a socket, as those who are in no call and may come into none', async (t) => {
    const video = shared()
    const { scene, inside, requests } = await createRequests(t, video)
    const outsiders = [scene.former, await createPerson(video), await createAdministrator(video)]
    for (const person of outsiders) {
      const socket = await TestSocket.open(t, video, person)
      for (const { type, body } of requests) {
        const code = await socket.refusal(type, body as never)
        assert.equal(code, type === 'join' ? 'CALL_NOT_FOUND' : 'CONFLICT', type)
      }
      const isRecord = ({ stream, user_id }: Record<string, unknown>) => stream === 'audit' && user_id === person.userId
      const record = video.lines.findLast(isRecord)
      assert.deepEqual([record?.action, record?.result, record?.reason], ['join', 'denied', 'CALL_NOT_FOUND'])
    }
    assert.deepEqual(
      inside.socket.pushes.map(({ type }) => type).filter((type) => type !== 'call.state'),
      [],
    )
  })

  test('every request of a socket, as somebody in another call who names what is not his', async (t) => {
    const video = shared()
    const { inside, requests, named } = await createRequests(t, video)
    const other = await createScene(video)
    const stranger = await TestPeer.join(t, video, other.owner, other)
    for (const { type, body } of requests) {
      if (!Object.keys(body).some((name) => name in named)) continue
      const reply = await stranger.socket.request(type, body as never)
      const told = reply.ok ? 'unknown' in reply.data && reply.data.unknown.length > 0 : reply.error.code
      const expected = type === 'join' ? 'CONFLICT' : type.startsWith('consumer.') || 'NOT_FOUND'
      assert.equal(told, expected, type)
    }
    assert.deepEqual(
      inside.socket.pushes.map(({ type }) => type).filter((type) => type !== 'call.state'),
      [],
    )
  })
})
