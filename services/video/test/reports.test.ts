import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type CallReport, calls } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { until } from '@secureconnect/test/helpers'
import { startCall, startConnectedCall } from './start-call.ts'
import type { TestPeer } from './test-peer.ts'
import {
  act,
  call,
  createCircle,
  createPerson,
  initiate,
  onServers,
  type Person,
  shareVideo,
  startVideoOn,
  type Video,
} from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }

const settings = { CALL_QUALITY_MS: '300' }

/** Has the first talk to the second, until a score of both ways is known. */
async function talk(speaker: TestPeer, listener: TestPeer): Promise<void> {
  await Promise.all([speaker.publish('mic'), listener.connect('recv')])
  await listener.receive(await listener.offer(speaker))
  listener.reportReception(100)
  const isScored = (id: string, way: 'up' | 'down') =>
    listener.socket.nextOf('quality', ({ scores }) => {
      return scores.some((score) => score.participant_id === id && score[way] !== null)
    })
  await Promise.all([isScored(speaker.id, 'up'), isScored(listener.id, 'down')])
}

/** The report of a call, once nothing is added to it any more. */
async function reportOf(video: Pick<Video, 'address'>, person: Pick<Person, 'token'>, callId: string) {
  let report: CallReport | undefined
  await until(
    'the call is reported',
    async () => {
      report = (await act(video, 'report', person, callId)).data
      return report.reported_at !== null
    },
    20_000,
  )
  assert.ok(report)
  return report
}

suite('the report of a call', () => {
  const shared = shareVideo('pglite', settings)

  test('says who was in it when and why he left, what went over his line, and how well', async (t) => {
    const video = shared()
    const { peers, people, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob] = peers
    const [host, listener, silent] = people
    assert.ok(ada && bob && host && listener && silent)
    await talk(ada, bob)
    await act(video, 'leave', listener, callId)
    await act(video, 'end', host, callId)
    const report = await reportOf(video, host, callId)
    assert.deepEqual([report.call.status, report.call.end_reason, report.left_out], ['ended', 'ended', 0])
    assert.ok(report.duration_seconds !== null && report.duration_seconds < 60)
    const reasons = report.stays.map(({ user_id, role, left_reason, is_complete }) => [
      user_id,
      role,
      left_reason,
      is_complete,
    ])
    assert.deepEqual(
      reasons.toSorted(),
      [
        [host.userId, 'host', 'ended', true],
        [listener.userId, 'speaker', 'left', true],
        [silent.userId, 'speaker', 'ended', true],
      ].toSorted(),
    )
    const stayOf = ({ userId }: Person) => report.stays.find(({ user_id }) => user_id === userId)
    const [sent, received, none] = [stayOf(host), stayOf(listener), stayOf(silent)]
    assert.ok(sent?.quality.up && sent.quality.up.worst <= sent.quality.up.average && sent.quality.down === null)
    assert.ok(received?.quality.down && received.quality.down.average > 4 && received.quality.up === null)
    assert.deepEqual(sent.line?.protocols, ['udp'])
    assert.ok(sent.line.sent_bytes > 1_000 && received.line && received.line.received_bytes > 1_000)
    assert.deepEqual(none?.line, { sent_bytes: 0, received_bytes: 0, protocols: [], is_relayed: false })

    const { data: asHeard } = await act(video, 'report', listener, callId)
    const lines = asHeard.stays.map(({ user_id, line }) => [user_id, line !== null])
    assert.deepEqual(
      lines.filter(([, isSeen]) => isSeen),
      [[listener.userId, true]],
      'by which networks the others came is for hosts',
    )
    const stranger = await createPerson(video)
    assert.equal((await act(video, 'report', stranger, callId)).code, 'CALL_NOT_FOUND')
    const { data } = await call(video, calls.list, { token: silent.token, query: { status: 'ended' } })
    assert.equal(data.calls[0]?.call_id, callId, 'the call is in the history of who was in it')
  })

  test('says so far what is known while the call goes on, and that a relay was used', async (t) => {
    const video = shared()
    t.mock.method(video.context.iceServers, 'isRelay', () => true)
    const { peers, people, callId } = await startConnectedCall(t, video, 2)
    const [[ada, bob], [host]] = [peers, people]
    assert.ok(ada && bob && host)
    await talk(ada, bob)
    await until('something is known', async () => {
      const { stays, reported_at, duration_seconds } = (await act(video, 'report', host, callId)).data
      assert.deepEqual([reported_at, duration_seconds], [null, null])
      return stays.every(({ line, is_complete }) => line?.is_relayed && !is_complete)
    })
    await act(video, 'end', host, callId)
    const { stays } = await reportOf(video, host, callId)
    assert.ok(stays.every(({ line, is_complete }) => line?.is_relayed && is_complete))
  })

  test('is there also of a call that nobody answered, and lacks nothing', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada, bob] = people
    const { data } = await initiate(video, ada, { conversation_id: conversationId })
    await act(video, 'decline', bob, data.call_id)
    const report = await reportOf(video, bob, data.call_id)
    assert.deepEqual([report.call.status, report.duration_seconds], ['declined', null])
    assert.deepEqual(report.invites, [{ user_id: bob.userId, status: 'declined' }])
    const [stay, ...others] = report.stays
    assert.deepEqual([stay?.user_id, stay?.is_complete, others], [ada.userId, true, []])
    assert.deepEqual(stay?.quality, { up: null, down: null })
  })

  test('says what it lacks where a media worker died, and has what came afterwards', async (t) => {
    const video = shared()
    const { peers, people, callId } = await startConnectedCall(t, video, 2)
    const [[ada, bob], [host, other]] = [peers, people]
    assert.ok(ada && bob && host && other)
    await talk(ada, bob)
    const worker = video.lines.findLast(({ message }) => message === 'media worker started')
    process.kill(Number(worker?.pid), 'SIGKILL')
    await Promise.all([ada, bob].map(({ socket }) => socket.nextOf('media.reset')))
    const { seq } = bob.socket
    await Promise.all([ada.rebuild(), bob.rebuild()])
    await bob.receive(await bob.socket.nextOf('consumer.new', (frame) => frame.seq > seq))
    await act(video, 'end', host, callId)
    const { stays } = await reportOf(video, host, callId)
    assert.deepEqual(
      stays.map(({ is_complete }) => is_complete),
      [false, false],
    )
    assert.ok(stays.every(({ line }) => (line?.sent_bytes ?? 0) > 0))
  })

  test('leaves out what is beyond its length, and says how much', async (t) => {
    const video = shared()
    const { people, callId } = await startCall(video, 2)
    const [host] = people
    assert.ok(host)
    await video.context.sql.execute`
      insert into call_participants (participant_id, call_id, user_id, session_id, left_at, left_reason)
      select gen_random_uuid(), ${callId}, gen_random_uuid(), gen_random_uuid(), now(), 'left'
      from generate_series(1, 1005)`
    await act(video, 'end', host, callId)
    const { stays, left_out } = await reportOf(video, host, callId)
    assert.deepEqual([stays.length, left_out], [1_000, 7])
    t.diagnostic(`${JSON.stringify(stays).length} characters`)
  })
})

test('a call that goes from one process to another is reported as a whole', async (t: Cleanup) => {
  const database = await createMigratedDatabase(t)
  const platform = () => onServers(database)
  const secret = { JWT_SECRET: 'a secret that both processes share' }
  const first = await startVideoOn(t, await platform(), { ...settings, ...secret, VIDEO_NODE: 'video-1' })
  const second = await startVideoOn(t, await platform(), { ...settings, ...secret, VIDEO_NODE: 'video-2' })
  const { peers, people, callId } = await startConnectedCall(t, first, 2)
  const [[ada, bob], [host, other]] = [peers, people]
  assert.ok(ada && bob && host && other)
  await talk(ada, bob)
  await first.context.sql.execute`
    update call_rooms set node = 'video-2', holder = ${newId()}, lease_until = clock_timestamp() where call_id = ${callId}`
  await Promise.all(peers.map(({ socket }) => socket.closed))
  const [id, otherId] = [ada.id, bob.id]
  await ada.resumeOn(second, host, callId)
  await bob.resumeOn(second, other, callId)
  assert.deepEqual([ada.id, bob.id], [id, otherId])
  await Promise.all([ada.rebuild(), bob.rebuild()])
  await bob.receive(await bob.socket.nextOf('consumer.new'))
  await act(second, 'end', host, callId)
  const { stays } = await reportOf(first, host, callId)
  assert.deepEqual(
    stays.map(({ is_complete }) => is_complete),
    [true, true],
  )
  assert.equal(await first.context.sql.execute`select from call_measures where call_id = ${callId}`, 4)
})
