import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, type TestContext, test } from 'node:test'
import { type SignalingRequestType, signalingRequests } from '@secureconnect/protocol'
import { createExample, toJsonSchema, type Values } from '@secureconnect/test/helpers'
import { type FrameRow, frameRows, type Told } from './frame-rows.ts'
import { createAdministrator, createScene, type Scene } from './scene.ts'
import { describeStream, rtpCapabilities, TestPeer } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { act, createPerson, type Person, shareVideo, type Video } from './test-video.ts'

type Asked = { type: SignalingRequestType; body: Values; row: FrameRow }

/** What all the others in a call hear of a frame that is carried out. */
async function stateOf(video: Video, { owner, callId }: Scene): Promise<object> {
  const [{ data: call }, { data: people }] = [
    await act(video, 'get', owner, callId),
    await act(video, 'listParticipants', owner, callId),
  ]
  return { call: { ...call, duration_seconds: null }, people }
}

async function ask(socket: TestSocket, { type, body }: Asked): Promise<Told> {
  const reply = await socket.request(type, body as never)
  if (!reply.ok) return reply.error.code as Told
  return 'unknown' in reply.data && reply.data.unknown.length > 0 ? 'left out' : 'done'
}

const fingerprints = [{ algorithm: 'sha-1', value: Array(20).fill('00').join(':') }]

suite('who may ask what on the socket of calls', () => {
  const shared = shareVideo('postgres')

  /** A call whose owner publishes, and each request of the socket as a client writes it that names what there is. */
  async function createRequests(t: TestContext, video: Video) {
    const scene = await createScene(video)
    const inside = await TestPeer.join(t, video, scene.owner, scene)
    const transport_id = await inside.connect('send')
    const producer_id = await inside.publish('mic')
    const rtp_parameters = describeStream('audio', 1)
    const rtp = { rtp_capabilities: rtpCapabilities, rtp_parameters, dtls_parameters: { fingerprints } }
    const named = { call_id: scene.callId, transport_id, producer_id, consumer_ids: [randomUUID()] }
    const known = { ...named, kind: 'audio', source: 'mic', user_id: scene.owner.userId, ...rtp }
    const requests = (Object.entries(frameRows) as [SignalingRequestType, FrameRow][]).map(([type, row]): Asked => {
      const schema = toJsonSchema(signalingRequests[type].frame)
      const { type: _type, id: _id, ...body } = createExample(schema, type, known) as Values
      // Whose hand it is may be left out, and is then one's own.
      return { type, row, body: type === 'hand.raise' ? { user_id: known.user_id } : body }
    })
    const heard = () => inside.socket.pushes.map(({ type }) => type).filter((type) => type !== 'call.state')
    return { scene, inside, requests, heard }
  }

  const outsiders: Readonly<Record<string, (video: Video, scene: Scene) => Promise<Person>>> = {
    'a former member of the conversation': async (_video, { former }) => former,
    'a stranger': (video) => createPerson(video),
    'an administrator': (video) => createAdministrator(video),
  }
  test('every request of a socket, as those who are in no call and may come into none', async (t) => {
    const video = shared()
    const { scene, requests, heard } = await createRequests(t, video)
    for (const [name, find] of Object.entries(outsiders)) {
      const person = await find(video, scene)
      const socket = await TestSocket.open(t, video, person)
      for (const asked of requests) {
        const expected = asked.type === 'join' ? 'CALL_NOT_FOUND' : 'CONFLICT'
        assert.equal(await ask(socket, asked), expected, `${asked.type} by ${name}`)
      }
      const isRecord = ({ stream, user_id }: Record<string, unknown>) => stream === 'audit' && user_id === person.userId
      const record = video.lines.findLast(isRecord)
      assert.deepEqual([record?.action, record?.result, record?.reason], ['join', 'denied', 'CALL_NOT_FOUND'])
    }
    assert.deepEqual(heard(), [])
  })

  test('every request of a socket, as somebody who has not said who he is', async (t) => {
    const video = shared()
    const { scene, requests, heard } = await createRequests(t, video)
    const before = await stateOf(video, scene)
    const socket = await TestSocket.openUnknown(t, video)
    for (const asked of requests) assert.equal(await ask(socket, asked), 'UNAUTHORIZED', asked.type)
    assert.deepEqual(await stateOf(video, scene), before)
    assert.deepEqual(heard(), [])
  })

  test('every request of a socket, as somebody in another call who names what is not his', async (t) => {
    const video = shared()
    const { requests, heard } = await createRequests(t, video)
    const other = await createScene(video)
    const stranger = await TestPeer.join(t, video, other.owner, other)
    for (const asked of requests) {
      if (asked.row.foreign) assert.equal(await ask(stranger.socket, asked), asked.row.foreign, asked.type)
    }
    assert.deepEqual(heard(), [])
  })

  test('every request of a socket, as somebody in the same call who moderates nothing', async (t) => {
    const video = shared()
    const { scene, inside, requests, heard } = await createRequests(t, video)
    const { socket } = await TestPeer.join(t, video, scene.present, scene)
    await inside.socket.nextOf('participant.joined')
    const before = await stateOf(video, scene)
    for (const asked of requests) {
      const { participant = asked.row.foreign ?? 'done' } = asked.row
      const told = await ask(socket, asked)
      assert.equal(told, participant, asked.type)
      if (told !== 'done') assert.deepEqual(await stateOf(video, scene), before, asked.type)
    }
    await inside.socket.nextOf('participant.left')
    assert.deepEqual(heard(), ['participant.joined', 'data', 'participant.left'])
  })

  test('every request of a socket, as somebody who was taken out for good while he asks', async (t) => {
    const video = shared()
    const { scene, inside, requests } = await createRequests(t, video)
    const { socket } = await TestPeer.join(t, video, scene.present, scene)
    await inside.socket.ask('moderate.kick', { user_id: scene.present.userId, ban: true })
    await inside.socket.nextOf('participant.left')
    const before = await stateOf(video, scene)
    for (const asked of requests) {
      assert.equal(await ask(socket, asked), asked.type === 'join' ? 'FORBIDDEN' : 'CONFLICT', asked.type)
    }
    assert.deepEqual(await stateOf(video, scene), before)
  })

  test('every request of a socket, as somebody who waits to be let in', async (t) => {
    const video = shared()
    const { scene, inside, requests, heard } = await createRequests(t, video)
    await inside.socket.ask('moderate.lobby', {})
    const socket = await TestSocket.open(t, video, scene.member)
    const joining = { call_id: scene.callId, rtp_capabilities: rtpCapabilities }
    assert.equal((await socket.ask('join', joining)).participant_id, null)
    await inside.socket.nextOf('lobby.waiting', ({ waiting }) => waiting.length === 1)
    const before = await stateOf(video, scene)
    for (const asked of requests) {
      if (asked.type === 'join' || asked.type === 'leave') continue
      assert.equal(await ask(socket, asked), 'CONFLICT', asked.type)
    }
    assert.deepEqual(await stateOf(video, scene), before)
    assert.deepEqual(new Set(heard()), new Set(['lobby.waiting']))
  })

  test('a microphone that a host has muted is not let through again by whose it is', async (t) => {
    const video = shared()
    const { scene, inside } = await createRequests(t, video)
    const muted = await TestPeer.join(t, video, scene.present, scene)
    const producer_id = await muted.publish('mic')
    await inside.socket.ask('moderate.mute', { user_id: scene.present.userId })
    await muted.socket.nextOf('participant.updated')
    assert.equal(await muted.socket.refusal('producer.resume', { producer_id }), 'FORBIDDEN')
  })
})
