import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { onlyAtFullSize, until } from '@secureconnect/test/helpers'
import {
  compose,
  createRecordingEnv,
  fetchBytes,
  getRecording,
  nextComposed,
  nextFinished,
  play,
  publishReal,
  record,
} from './recording-scene.ts'
import { startCall, startConnectedCall } from './start-call.ts'
import { startKillable } from './start-killable.ts'
import { TestPeer } from './test-peer.ts'
import { startVideo } from './test-video.ts'

const isRecorder = ({ message }: Readonly<Record<string, unknown>>) => message === 'a recorder started'

test('a recording gets its file unasked where all do, and is told where it would be larger than there is room for', async (t) => {
  const recorded = await createRecordingEnv(t)
  const bounds = { COMPOSITES_ALWAYS: 'true', COMPOSITES_FOLDER_BYTES: '1000' }
  const video = await startVideo(t, 'postgres', { ...recorded, ...bounds })
  const { people, peers, callId } = await startConnectedCall(t, video, 2)
  const [ada, host] = [people[0], peers[0]]
  assert.ok(ada && host)
  await publishReal(t, host, 'mic')
  await record(video, 'start', ada, callId)
  await until('it is recorded', () => video.lines.some(isRecorder))
  await delay(1_000)
  await record(video, 'stop', ada, callId)
  const { recording_id: recordingId } = await nextFinished(video, ada, callId)
  const { composite, composite_url } = await nextComposed(video, ada, { callId, recordingId })
  const { status, reason, asked_by } = composite
  assert.deepEqual([status, reason, asked_by, composite_url], ['failed', 'too_large', null, null])
})

test(
  'a file that is being made by a process that is killed is made by the next one',
  onlyAtFullSize('takes half a minute'),
  async (t) => {
    const recorded = await createRecordingEnv(t)
    const { beside, start } = await startKillable(t, recorded, { COMPOSITES_AT_ONCE: '0' })
    const first = await start()
    const { people, callId } = await startCall(beside, 2)
    const [ada] = people
    assert.ok(ada)
    const host = await TestPeer.join(t, first, ada, { callId })
    await publishReal(t, host, 'camera')
    await host.socket.ask('recording.start', {})
    await first.line(isRecorder)
    await delay(5_000)
    await host.socket.ask('recording.stop', {})
    const { recording_id: recordingId } = await nextFinished(beside, ada, callId)
    const place = { callId, recordingId }
    assert.equal((await compose(beside, ada, place)).status, 202)
    const readStatus = async () => (await getRecording(beside, ada, place)).data.recording.composite?.status
    await until('it is being made', async () => (await readStatus()) === 'working')
    first.child.kill('SIGKILL')
    await host.socket.closed
    assert.equal(await readStatus(), 'working')

    await start()
    const { composite, composite_url } = await nextComposed(beside, ada, place)
    assert.equal(composite.status, 'done')
    const { durationMs } = await play(t, (await fetchBytes(composite_url ?? '')).bytes)
    assert.ok(durationMs > 4_000, `${durationMs} ms`)
    const isTidy = async () => (await readdir(join(recorded.RECORDINGS_FOLDER, 'video-1'))).length === 0
    await until('nothing of either attempt is left beside the store', isTidy, 90_000)
  },
)
