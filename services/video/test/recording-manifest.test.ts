import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { newId } from '@secureconnect/sql'
import { until } from '@secureconnect/test/helpers'
import { finish } from '../src/recording/finish-recording.ts'
import { manifestKey } from '../src/recording/recording-keys.ts'
import { eraseTracks, removeRecording } from '../src/recording/remove-recording.ts'
import type { SegmentNote } from '../src/recording/segment-files.ts'
import { storeSegment } from '../src/recording/store-segment.ts'
import { findCall } from '../src/stores/calls.ts'
import { askForComposite, findComposite } from '../src/stores/composites.ts'
import { insertSegment } from '../src/stores/recording-segments.ts'
import { beginOnNode, endRecording, findRecording, insertRecording, reopenRecording } from '../src/stores/recordings.ts'
import { createRecordingEnv } from './recording-scene.ts'
import { startCall } from './start-call.ts'
import { startVideo, type Video } from './test-video.ts'

test('what is written of a recording names nobody who was erased meanwhile, and is written anew for what comes late', async (t) => {
  const video = await startVideo(t, 'pglite', await createRecordingEnv(t))
  const { context, lines } = video
  const { sql, blobs, kv } = context
  const { people, callId } = await startCall(video, 2)
  const [ada] = people
  assert.ok(ada)
  const [recordingId, row] = [newId(), (await findCall(sql, { callId, userId: ada.userId })) ?? assert.fail()]
  await sql.transaction(async (tx) => {
    const { conversation_id } = row
    await insertRecording(tx, {
      ...{ recording_id: recordingId, call_id: callId, conversation_id },
      started_by: ada.userId,
    })
    // A node that is gone, so that nobody finishes it but this test.
    await beginOnNode(tx, recordingId, 'gone')
    await endRecording(tx, recordingId, { reason: 'stopped', by: ada.userId })
    await askForComposite(tx, { recordingId, by: ada.userId })
  })
  const come = () =>
    sql.transaction((tx) =>
      insertSegment(tx, {
        ...{ segment_id: newId(), recording_id: recordingId, participant_id: newId(), user_id: ada.userId },
        ...{ source: 'mic', kind: 'audio', content_type: 'audio/webm', offset_ms: 0, duration_ms: 0, bytes: 0 },
        ...{ width: null, height: null, sha256: null, ended_by: 'node_died' },
      }),
    )
  const finishWhile = async (change?: () => Promise<unknown>) => {
    const write: typeof blobs.write = async (...args) => {
      await change?.()
      await blobs.write(...args)
    }
    await finish({ ...context, blobs: Object.assign(Object.create(blobs), { write }) }, recordingId)
    return (await findRecording(sql, recordingId))?.status
  }
  const listWritten = async (): Promise<string[]> => {
    const bytes = await blobs.read(manifestKey(recordingId))
    const manifest = JSON.parse(await text(bytes ?? assert.fail()))
    return manifest.lacks.map(({ reason }: { reason: string }) => reason)
  }
  const erase = () => sql.transaction((tx) => eraseTracks(tx, { userId: ada.userId, rows: 100 }, kv))
  assert.equal(await finishWhile(come), 'storing')
  const exchange = async () => {
    await erase()
    await come()
  }
  assert.equal(await finishWhile(exchange), 'storing')
  const overtake = async () => {
    await erase()
    await finish(context, recordingId)
  }
  assert.equal(await finishWhile(overtake), 'storing', 'what was written last is not what was noted')
  assert.equal(await finishWhile(), 'failed')
  assert.deepEqual(await listWritten(), ['erased', 'node_lost'])
  assert.equal((await findComposite(sql, recordingId))?.reason, 'nothing')
  const isTold = ({ message, recording_id }: Video['lines'][number]) =>
    message === 'the composite of a recording is finished' && recording_id === recordingId
  assert.ok(lines.some(isTold))

  await come()
  assert.equal((await findRecording(sql, recordingId))?.status, 'storing', 'it came after it was taken for lost')
  assert.equal(await finishWhile(), 'failed')
  assert.deepEqual(await listWritten(), ['erased', 'node_lost', 'node_died'])

  const { desk } = context
  const note: SegmentNote = {
    ...{ segment_id: newId(), recording_id: recordingId, participant_id: newId(), user_id: ada.userId },
    ...{ source: 'mic', kind: 'audio', content_type: 'audio/webm', extension: 'webm', asked_ms: 0, offset_ms: 0 },
    ...{ duration_ms: 0, ended_by: 'stopped', is_whole: false, holder: desk.holder },
  }
  await desk.files.note(note)
  await writeFile(desk.files.pathOf(note), 'what cannot be read')
  await storeSegment(context, note)
  assert.equal(await finishWhile(), 'ready', 'what cannot be mended is kept as it is')

  await sql.transaction((tx) => reopenRecording(tx, recordingId))
  await finishWhile(() => sql.transaction((tx) => removeRecording(tx, recordingId, kv)))
  await until('its manifest is gone', async () => (await blobs.read(manifestKey(recordingId))) === undefined)
})
