import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fillDisk, mountDisk, until } from '@secureconnect/test/helpers'
import {
  createRecordingEnv,
  fetchBytes,
  getRecording,
  nextFinished,
  play,
  publishReal,
  record,
} from './recording-scene.ts'
import { startCall, startConnectedCall } from './start-call.ts'
import { startKillable } from './start-killable.ts'
import { TestPeer } from './test-peer.ts'
import { startVideo } from './test-video.ts'

/** How many bytes the largest file in a folder has, and in those within. */
async function largestOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries.map(async ({ parentPath, name }) => {
    // What is written anew has another name for a moment.
    return (await stat(join(parentPath, name)).catch(() => undefined))?.size ?? 0
  })
  return Math.max(0, ...(await Promise.all(sizes)))
}

const isRecorder = ({ message }: Readonly<Record<string, unknown>>) => message === 'a recorder started'

test('a full disk ends a recording and not its call: everybody is told, and what there is of it is kept', async (t) => {
  const recorded = await createRecordingEnv(t)
  // As much as is left free for others, and a little.
  const disk = await mountDisk(t, 66)
  const small = disk === undefined ? { RECORDINGS_FOLDER_BYTES: '8000' } : { RECORDINGS_FOLDER: disk }
  const video = await startVideo(t, 'postgres', { ...recorded, ...small })
  const { people, peers, callId } = await startConnectedCall(t, video, 2)
  const [ada] = people
  const [host, guest] = peers
  assert.ok(ada && host && guest)
  await Promise.all([publishReal(t, host, 'camera'), guest.connect('recv')])
  const heard = await guest.receive(await guest.offer(host, 'camera'))
  await record(video, 'start', ada, callId)
  await guest.socket.nextOf('recording.state', ({ recording }) => recording?.status === 'recording')
  if (disk !== undefined) {
    await until('some of it is on the disk', async () => (await largestOf(disk)) > 4_000)
    await fillDisk(disk)
  }
  await guest.socket.nextOf('recording.state', ({ recording }) => recording === null, 20_000)
  await guest.hear(heard)
  const { recording_id: recordingId, status, stop_reason } = await nextFinished(video, ada, callId)
  const { data } = await getRecording(video, ada, { callId, recordingId })
  assert.deepEqual([status, stop_reason, data.files.length], ['ready', 'no_room', 1])
  assert.ok(data.lacks.some(({ reason }) => reason === 'no_room'))
  const { bytes } = await fetchBytes(data.files[0]?.download_url ?? '')
  assert.ok(bytes.length > 1_000, `${bytes.length} bytes are left`)
})

test('what a process that was killed had recorded is taken up by the next one, which goes on recording', async (t) => {
  const recorded = await createRecordingEnv(t)
  const { beside, start } = await startKillable(t, recorded)
  const first = await start()
  const { people, callId } = await startCall(beside, 2)
  const [ada, bob] = people
  assert.ok(ada && bob)
  const host = await TestPeer.join(t, first, ada, { callId })
  const guest = await TestPeer.join(t, first, bob, { callId })
  await publishReal(t, host, 'mic')
  await host.socket.ask('recording.start', {})
  const { pid } = await first.line(isRecorder)
  await new Promise((done) => setTimeout(done, 1_800))
  first.child.kill('SIGKILL')
  await Promise.all([host.socket.closed, guest.socket.closed])
  await until('its recorder is gone as well', () => !existsSync(`/proc/${pid}`))

  const second = await start()
  const joined = await host.resumeOn(second, ada, callId)
  assert.equal(joined.call.recording?.status, 'recording', 'whoever comes back is told that it goes on')
  await host.rebuild()
  await second.line(isRecorder)
  await new Promise((done) => setTimeout(done, 1_000))
  await host.socket.ask('recording.stop', {})
  const { recording_id: recordingId } = await nextFinished(beside, ada, callId, 30_000)
  const { data } = await getRecording(beside, ada, { callId, recordingId })
  const segments = data.tracks.flatMap((track) => track.segments)
  assert.deepEqual(
    segments.map(({ ended_by, sha256 }) => [ended_by, sha256 !== null]),
    [
      ['node_died', true],
      ['stopped', true],
    ],
  )
  assert.deepEqual(
    data.lacks.map(({ reason }) => reason),
    ['node_died'],
  )
  for (const { download_url } of data.files) {
    const { durationMs } = await play(t, (await fetchBytes(download_url)).bytes)
    assert.ok(durationMs > 300, `${durationMs} ms can be played`)
  }
  const waiting = await readdir(join(recorded.RECORDINGS_FOLDER, 'video-1'))
  assert.deepEqual(waiting, [], 'nothing of it is left beside the store')
})
