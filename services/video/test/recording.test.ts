import assert from 'node:assert/strict'
import { rename, rm, writeFile } from 'node:fs/promises'
import { suite, test } from 'node:test'
import { callRecordings, type RecordingManifest } from '@secureconnect/protocol'
import { allowedMs, scale, until } from '@secureconnect/test/helpers'
import { shareInSuite } from '@secureconnect/test/services'
import { removeOutdated } from '../src/recording/keep-recordings.ts'
import {
  createRecordingEnv,
  deleteRecording,
  fetchBytes,
  getRecording,
  listRecordings,
  listWidths,
  nextFinished,
  play,
  publishReal,
  publishSizes,
  record,
} from './recording-scene.ts'
import { startCall, startConnectedCall } from './start-call.ts'
import { TestPeer } from './test-peer.ts'
import type { FrameOf } from './test-socket.ts'
import { call, createPlatform, startVideoOn, type Video } from './test-video.ts'

/** The program that records is looked for at the start, which takes a busy machine some seconds. */
const beginsWithinMs = 20_000
const isOn = ({ recording }: FrameOf<'recording.state'>) => recording?.status === 'recording'
const isOff = ({ recording }: FrameOf<'recording.state'>) => recording === null

/** How often a picture gets smaller and larger again. */
const falls = scale(2, 0)

/** Waits until so much of a call is on the disk. */
const recordFor = (ms: number) => new Promise((done) => setTimeout(done, ms))

suite('recordings of calls', () => {
  const shared = shareInSuite(async (t) => {
    const recorded = await createRecordingEnv(t)
    const env = { ...recorded, RECORDINGS_AT_ONCE: '1', RATELIMIT_CALLS_JOIN: '100000' }
    return { video: await startVideoOn(t, await createPlatform(t, 'postgres'), env), recorded }
  })

  const countRecorders = ({ lines }: Video) => lines.filter(({ message }) => message === 'a recorder started').length

  test('a recording played back has the length, tracks and checksums of its manifest, and everybody knew of it', async (t) => {
    const { video } = shared()
    const { people, callId } = await startCall(video, 3)
    const [ada, bob, cleo] = people
    assert.ok(ada && bob && cleo)
    const host = await TestPeer.join(t, video, ada, { callId })
    const guest = await TestPeer.join(t, video, bob, { callId })
    await publishReal(t, host, 'mic')
    const before = countRecorders(video)
    await host.socket.ask('recording.start', {})
    await Promise.all([
      host.socket.nextOf('recording.state', isOn, beginsWithinMs),
      guest.socket.nextOf('recording.state', isOn, beginsWithinMs),
    ])
    await Promise.all([publishReal(t, host, 'camera'), publishReal(t, guest, 'mic')])
    await until('all are recorded', () => countRecorders(video) - before === 3)
    const late = await TestPeer.join(t, video, cleo, { callId })
    assert.equal(late.joined?.call.recording?.started_by, ada.userId, 'who comes later knows at once')
    await recordFor(1_500)
    assert.equal((await record(video, 'stop', bob, callId)).code, 'FORBIDDEN')
    await record(video, 'stop', ada, callId)
    await late.socket.nextOf('recording.state', isOff)

    const { recording_id: recordingId, status } = await nextFinished(video, bob, callId)
    assert.equal(status, 'ready')
    const place = { callId, recordingId }
    const { data } = await getRecording(video, bob, place)
    assert.ok(data.manifest_url)
    const written = await fetchBytes(data.manifest_url)
    assert.equal(written.sha256, data.manifest_sha256)
    const manifest: RecordingManifest = JSON.parse(written.bytes.toString())
    assert.deepEqual(manifest.lacks, [])
    const sources = manifest.tracks.map(({ user_id, source }) => `${user_id === ada.userId ? 'ada' : 'bob'} ${source}`)
    assert.deepEqual(sources.toSorted(), ['ada camera', 'ada mic', 'bob mic'])
    for (const { kind, segments } of manifest.tracks) {
      assert.equal(segments.length, 1)
      const [segment] = segments
      const file = data.files.find(({ segment_id }) => segment_id === segment?.segment_id)
      assert.ok(segment && file)
      const { bytes, sha256 } = await fetchBytes(file.download_url)
      assert.deepEqual([sha256, bytes.length], [segment.sha256, segment.bytes])
      assert.deepEqual([segment.width, segment.height], kind === 'audio' ? [null, null] : [160, 120])
      const { durationMs, codecs, frames } = await play(t, bytes)
      assert.deepEqual(codecs, [kind === 'audio' ? 'opus' : 'vp8'])
      assert.ok(frames > (kind === 'audio' ? 50 : 8), `${frames} frames of ${kind}`)
      assert.ok(Math.abs(durationMs - segment.duration_ms) < 250, `${durationMs} is not ${segment.duration_ms}`)
      const endMs = segment.offset_ms + segment.duration_ms
      assert.ok(Math.abs(endMs - (manifest.recording.duration_ms ?? 0)) < 700, `${endMs}: it went on to the end`)
    }

    assert.equal((await deleteRecording(video, bob, place)).code, 'FORBIDDEN')
    assert.equal((await deleteRecording(video, ada, place)).status, 200)
    assert.equal((await getRecording(video, ada, place)).code, 'RECORDING_NOT_FOUND')
    const url = data.manifest_url
    await until('its files are gone', async () => (await fetch(url)).status === 404)
  })

  test('a recorder that is killed is followed by another within two seconds, and the recording says what it lacks', async (t) => {
    const { video } = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 3)
    const [ada] = people
    const [host, guest] = peers
    assert.ok(ada && host && guest)
    await Promise.all([publishReal(t, host, 'camera'), guest.connect('recv')])
    const heard = await guest.receive(await guest.offer(host, 'camera'))
    const known = countRecorders(video)
    await record(video, 'start', ada, callId)
    await until('it is recorded', () => countRecorders(video) > known)
    await recordFor(1_800)
    const { pid } = video.lines.findLast(({ message }) => message === 'a recorder started') ?? {}
    process.kill(Number(pid), 'SIGKILL')
    await until('another one takes over', () => countRecorders(video) > known + 1)
    await Promise.all([guest.hear(heard), recordFor(1_000)])
    await host.socket.ask('moderate.end', {})
    await nextFinished(video, ada, callId)
    const [{ recording_id: recordingId, stop_reason, status } = assert.fail()] = await listRecordings(
      video,
      ada,
      callId,
    )
    assert.deepEqual([status, stop_reason], ['ready', 'call_ended'])
    const { data } = await getRecording(video, ada, { callId, recordingId })
    const [first, second, ...others] = data.tracks[0]?.segments ?? []
    assert.ok(first?.sha256 && second?.sha256 && others.length === 0)
    assert.ok(first.duration_ms > 300, `${first.duration_ms} ms are left of what was recorded first`)
    const gapMs = second.offset_ms - first.offset_ms - first.duration_ms
    assert.ok(gapMs >= 0 && gapMs <= allowedMs(2_000), `${gapMs} ms are missing`)
    const [lack] = data.lacks
    assert.deepEqual([data.lacks.length, lack?.reason, lack?.to_ms], [1, 'recorder_died', second.offset_ms])
    for (const { download_url } of data.files) await play(t, (await fetchBytes(download_url)).bytes)
  })

  test('a picture is recorded as large as it is sent, as soon as it is sent larger', async (t) => {
    const { video } = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 2)
    const [ada] = people
    const [host] = peers
    assert.ok(ada && host)
    const sending = await publishSizes(t, host, ['160x120', '320x240'])
    const known = countRecorders(video)
    await record(video, 'start', ada, callId)
    await until('it is recorded', () => countRecorders(video) > known)
    await recordFor(300)
    sending.sent = 2
    await recordFor(2_800)
    for (let fall = 0; fall < falls; fall += 1) {
      sending.sent = 1
      await recordFor(2_500)
      sending.sent = 2
      await recordFor(2_800)
    }
    await record(video, 'stop', ada, callId)
    const { recording_id: recordingId } = await nextFinished(video, ada, callId)
    const { data } = await getRecording(video, ada, { callId, recordingId })
    assert.ok(data.files[0])
    const widths = await listWidths(t, (await fetchBytes(data.files[0].download_url)).bytes)
    const changes = widths.filter((width, index) => width !== widths[index - 1])
    assert.deepEqual(changes, Array.from({ length: falls + 1 }, () => [160, 320]).flat())
  })

  test('while the store is down the call goes on, and its recording is there as soon as the store is', async (t) => {
    const { video, recorded } = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 2)
    const [ada] = people
    const [host] = peers
    assert.ok(ada && host)
    await publishReal(t, host, 'mic')
    const { BLOBS_FOLDER: kept } = recorded
    await rename(kept, `${kept}-away`)
    await writeFile(kept, '')
    const known = countRecorders(video)
    await record(video, 'start', ada, callId)
    await until('it is recorded', () => countRecorders(video) > known)
    await recordFor(1_200)
    await record(video, 'stop', ada, callId)
    await until('the store is known to be away', () => video.context.blobs.probe.state.status === 'down')
    assert.equal((await listRecordings(video, ada, callId)).at(-1)?.status, 'storing')
    await rm(kept)
    await rename(`${kept}-away`, kept)
    const { recording_id: recordingId, status } = await nextFinished(video, ada, callId)
    const { data } = await getRecording(video, ada, { callId, recordingId })
    assert.deepEqual([status, data.lacks, data.files.length], ['ready', [], 1])

    await video.context.sql.execute`
      update recordings set stopped_at = now() - interval '91 days' where recording_id = ${recordingId}`
    await removeOutdated(video.context)
    assert.deepEqual(await listRecordings(video, ada, callId), [], 'it is kept for so many days')
  })

  test('another call waits until there is a place for its recording, and is told so', async (t) => {
    const { video } = shared()
    const first = await startConnectedCall(t, video, 2)
    const second = await startConnectedCall(t, video, 2)
    const [[ada], [bob]] = [first.people, second.people]
    const [host] = second.peers
    assert.ok(ada && bob && host && first.peers[0])
    await record(video, 'start', ada, first.callId)
    await first.peers[0].socket.nextOf('recording.state', isOn, beginsWithinMs)
    const { data } = await record(video, 'start', bob, second.callId)
    assert.ok('recording' in data && data.recording?.status === 'waiting')
    const again = await record(video, 'start', bob, second.callId)
    assert.deepEqual(again.data, data, 'whoever asks twice gets one recording')
    assert.ok(!host.socket.pushes.some((push) => push.type === 'recording.state' && isOn(push)))
    await record(video, 'stop', ada, first.callId)
    await host.socket.nextOf('recording.state', isOn, beginsWithinMs)
    const { recording_id: recordingId } = data.recording
    assert.equal((await deleteRecording(video, bob, { callId: second.callId, recordingId })).code, 'CONFLICT')
    await record(video, 'stop', bob, second.callId)
    assert.equal((await nextFinished(video, bob, second.callId)).status, 'ready')
  })

  test('nobody but hosts has a call recorded, nobody one in which all is encrypted or that nobody answered', async (t) => {
    const { video } = shared()
    const { people, peers, callId } = await startConnectedCall(t, video, 3)
    const [ada, bob] = people
    assert.ok(ada && bob && peers[1])
    assert.equal(await peers[1].socket.refusal('recording.start', {}), 'FORBIDDEN')
    const { sql } = video.context
    await sql.execute`update calls set is_encrypted = true where call_id = ${callId}`
    assert.equal((await record(video, 'start', ada, callId)).code, 'E2EE_REQUIRED')
    assert.deepEqual(await listRecordings(video, ada, callId), [])
    await peers[0]?.socket.ask('moderate.end', {})
    for (const operation of [callRecordings.start, callRecordings.stop]) {
      assert.equal((await call(video, operation, { token: ada.token, params: { call_id: callId } })).code, 'CALL_ENDED')
    }
  })
})
