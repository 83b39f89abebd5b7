import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { closeCodes } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { until } from '@secureconnect/test/helpers'
import { readMostBitrates } from '../src/media/most-bitrates.ts'
import { Room } from '../src/media/room.ts'
import { WorkerPool } from '../src/media/worker-pool.ts'
import { writeNode } from '../src/stores/nodes.ts'
import { findRoomNode } from '../src/stores/rooms.ts'
import { startCall, startConnectedCall } from './start-call.ts'
import { rtpCapabilities } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { act, createCircle, initiate, type Person, shareVideo, type Video } from './test-video.ts'

async function listStates(video: Video, person: Person, callId: string): Promise<string[]> {
  return (await act(video, 'listParticipants', person, callId)).data.participants.map(({ state }) => state)
}

// Most of the time is waited for, which the tests do together.
suite('the lease of a room', { concurrency: true }, () => {
  const shared = shareVideo('postgres', { CALL_RESUME_MS: '6000' })

  test('is given back when nobody is in the room for a while, as after who only waited to be let in; the next one opens it anew', async (t) => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 3)
    const [ada, bob] = people
    const { data } = await initiate(video, ada, { conversation_id: conversationId, has_lobby: true })
    const joining = { call_id: data.call_id, rtp_capabilities: rtpCapabilities }
    const findNode = () => findRoomNode(video.context.sql, data.call_id)
    const knock = async () => {
      const socket = await TestSocket.open(t, video, bob)
      assert.equal((await socket.ask('join', joining)).participant_id, null)
      return socket
    }
    const socket = await knock()
    assert.equal(await findNode(), 'video-1')
    await socket.ask('leave', {})
    await until('the room is closed', async () => (await findNode()) === undefined, 20_000)
    const rows = await video.context.sql.execute`delete from call_rooms where call_id = ${data.call_id}`
    assert.equal(rows, 0, 'nothing is left of it')
    await knock()
    assert.equal(await findNode(), 'video-1')
  })

  test('is taken by the node that has clearly less to do, where nobody has it', async (t) => {
    const video = shared()
    const other = { holder: newId(), node: 'idle', takesRooms: true, load: 0.2, webhooks: null }
    await writeNode(video.context.sql, other)
    const { people, callId } = await startCall(video, 2)
    const [ada] = people
    assert.ok(ada)
    let load = 0.25
    t.mock.getter(WorkerPool.prototype, 'load', () => load)
    const findWay = async () => (await act(video, 'get', ada, callId)).data.signaling_url ?? ''
    assert.match(await findWay(), /\?node=video-1$/)
    load = 0.5
    assert.match(await findWay(), /\?node=idle$/)
    await writeNode(video.context.sql, { ...other, takesRooms: false })
    assert.match(await findWay(), /\?node=video-1$/, 'one that is to stop takes none')
  })

  test('who is connected stays so where the lease could not be kept for a while and nobody took it', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 2)
    const [ada] = people
    assert.ok(ada)
    await until('they are taken for gone', async () => {
      await video.context.sql.execute`
        update call_rooms set lease_until = clock_timestamp() - interval '1 second' where call_id = ${callId}`
      return (await listStates(video, ada, callId)).every((state) => state === 'away')
    })
    await until('they are known to be there', async () => {
      return (await listStates(video, ada, callId)).every((state) => state === 'connected')
    })
    for (const { socket } of peers) await socket.ask('data.send', { data: 'still here' })
  })

  test('a room that another process has taken lets nobody in, writes nothing down, and sends its people there', async (t) => {
    const video = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob] = people
    assert.ok(ada && bob && peers[2])
    await video.context.sql.execute`
      update call_rooms set node = 'elsewhere', holder = ${newId()},
        lease_until = clock_timestamp() + interval '1 minute' where call_id = ${callId}`
    peers[2].socket.end()
    const late = await TestSocket.open(t, video, bob)
    assert.equal(
      await late.refusal('join', { call_id: callId, rtp_capabilities: rtpCapabilities }),
      'SERVICE_UNAVAILABLE',
    )
    assert.match((await act(video, 'join', bob, callId)).data.signaling_url, /\?node=elsewhere$/)
    for (const { socket } of peers.slice(0, 2)) assert.equal(await socket.closed, closeCodes.restart.code)
    assert.deepEqual(await listStates(video, ada, callId), ['connected', 'connected', 'connected'])
  })

  test('whoever comes as a room closes while its call goes on is told to come again, not that the call is over', async () => {
    const { pool, events, desk, config } = shared().context
    const callId = newId()
    const room = new Room({ callId, pool, events, desk, mostBitrates: readMostBitrates(config) })
    room.close()
    const row = {
      participant_id: newId(),
      user_id: newId(),
      role: 'speaker',
      held_sources: [] as never[],
      hand_raised_at: null,
      session_id: newId(),
      connection: 1,
      joined_at: new Date(),
      resume_until: null,
      left_at: null,
      left_reason: null,
    } as const
    const entry = { row, connection: { isClosing: false } as never, rtpCapabilities, resume: undefined }
    await assert.rejects(room.enter(entry), { code: 'SERVICE_UNAVAILABLE' })
  })
})
