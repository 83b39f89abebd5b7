import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '@secureconnect/test/helpers'
import { eraseAccount } from './account-jobs.ts'
import {
  compose,
  createRecordingEnv,
  deleteRecording,
  fetchBytes,
  listRecordings,
  lookAt,
  nextComposed,
  nextFinished,
  play,
  publishReal,
  record,
} from './recording-scene.ts'
import { startConnectedCall } from './start-call.ts'
import { startVideo } from './test-video.ts'
import { startReceiver } from './webhook-receiver.ts'

test('one file is made of a recording, with everybody where he was while he was there, and anew without who is erased', async (t) => {
  const [receiver, recorded] = await Promise.all([startReceiver(t), createRecordingEnv(t)])
  const video = await startVideo(t, 'postgres', { ...recorded, ...receiver.env })
  const countRecorders = () => video.lines.filter(({ message }) => message === 'a recorder started').length
  const { people, peers, callId } = await startConnectedCall(t, video, 3)
  const [ada, bob, cleo] = people
  const [host, guest] = peers
  assert.ok(ada && bob && cleo && host && guest)
  await publishReal(t, host, 'camera', { color: 'red', codec: 'vp9' })
  await publishReal(t, host, 'mic')
  await record(video, 'start', ada, callId)
  await until('she is recorded', () => countRecorders() === 2)
  await delay(2_000)
  await publishReal(t, guest, 'camera', { color: 'blue', codec: 'h264' })
  await until('he is recorded as well', () => countRecorders() === 3)
  await delay(1_500)
  const [{ recording_id: recordingId } = assert.fail()] = await listRecordings(video, ada, callId)
  const place = { callId, recordingId }
  assert.equal((await compose(video, ada, place)).code, 'CONFLICT', 'it goes on')
  await record(video, 'stop', ada, callId)
  assert.equal((await compose(video, cleo, place)).code, 'FORBIDDEN')
  const asked = await compose(video, ada, place)
  assert.deepEqual([asked.status, asked.data.status, asked.data.asked_by], [202, 'waiting', ada.userId])
  assert.equal((await compose(video, ada, place)).data.asked_at, asked.data.asked_at, 'there is one for all who ask')

  const { composite, composite_url, recording, tracks, files } = await nextComposed(video, cleo, place)
  assert.deepEqual([composite.status, composite.reason], ['done', null])
  assert.ok(composite_url && recording.duration_ms)
  const { bytes, sha256 } = await fetchBytes(composite_url)
  assert.deepEqual([composite.sha256, composite.bytes], [sha256, bytes.length])
  const { durationMs, codecs, frames } = await play(t, bytes)
  assert.deepEqual(codecs, ['h264', 'aac'])
  assert.ok(Math.abs(durationMs - recording.duration_ms) < 100, `${durationMs} is not ${recording.duration_ms}`)
  assert.ok(Math.abs((frames * 1_000) / 25 - recording.duration_ms) < 100, `${frames} pictures`)
  const [red, blue] = [ada, bob].map(({ userId }) => {
    return tracks.find(({ user_id, source }) => user_id === userId && source === 'camera')?.segments[0]
  })
  assert.ok(red && blue)
  const look = async (file: Buffer, ms: number) => {
    const colors = await lookAt(t, file, { ms, points: [320, 960].map((x) => [x, 360] as const) })
    return colors.map((color) => color.map((part) => Math.round(part / 255)).join(''))
  }
  // He has his place since the last whole second before he came.
  const aloneMs = Math.floor(blue.offset_ms / 1_000) * 1_000 - 50
  assert.deepEqual(await look(bytes, aloneMs), ['100', '100'], 'she is alone, and as large as can be')
  assert.deepEqual(await look(bytes, blue.offset_ms + 900), ['100', '001'], 'he is beside her')
  for (const [segment, codec] of [
    [red, 'vp9'],
    [blue, 'h264'],
  ] as const) {
    assert.deepEqual([segment.width, segment.height], [160, 120])
    const url = files.find(({ segment_id }) => segment_id === segment.segment_id)?.download_url
    assert.deepEqual((await play(t, (await fetchBytes(url ?? '')).bytes)).codecs, [codec])
  }

  await eraseAccount(video, bob)
  await nextFinished(video, ada, callId)
  const without = await nextComposed(video, ada, place)
  assert.deepEqual([without.tracks.length, without.lacks.map(({ reason }) => reason)], [2, ['erased']])
  const alone = await fetchBytes(without.composite_url ?? '')
  assert.deepEqual(await look(alone.bytes, blue.offset_ms + 900), ['100', '100'])
  const gone = files.find(({ segment_id }) => segment_id === blue.segment_id)?.download_url ?? ''
  for (const url of [composite_url, gone]) await until('it is gone', async () => (await fetch(url)).status === 404)

  const { sql } = video.context
  await sql.execute`update recording_segments set sha256 = 'another' where recording_id = ${recordingId}`
  await sql.execute`
    update recording_composites set status = 'working', holder = ${recordingId}, finished_at = null, sha256 = null,
      lease_until = now() - interval '1 second' where recording_id = ${recordingId}`
  const taken = await nextComposed(video, ada, place)
  assert.deepEqual([taken.composite.reason, taken.composite_url], ['damaged', null], 'another process looks again')

  const ofCall = () =>
    receiver.received.flatMap(({ webhook: { type, data } }) => {
      if (!('recording' in data) || data.recording.recording_id !== recordingId) return []
      const { recording: told } = data
      assert.deepEqual([data.call.call_id, told.started_by], [callId, ada.userId])
      return [[type, told.status, ...('composite' in data ? [data.composite.status, data.composite.sha256] : [])]]
    })
  await receiver.until(() => ofCall().length === 7)
  assert.deepEqual(ofCall(), [
    ['call.recording_started', 'waiting'],
    ['call.recording_stopped', 'storing'],
    ['call.recording_finished', 'ready'],
    ['call.composite_finished', 'ready', 'done', sha256],
    ['call.recording_finished', 'ready'],
    ['call.composite_finished', 'ready', 'done', alone.sha256],
    ['call.composite_finished', 'ready', 'failed', null],
  ])
  await deleteRecording(video, ada, place)
  await until('its file is gone', async () => (await fetch(without.composite_url ?? '')).status === 404)
})
