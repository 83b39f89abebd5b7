import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { ServiceProcess, scale, until } from '@secureconnect/test/helpers'
import { mediaWorker } from '@secureconnect/test/stack'
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
import { TestPeer } from './test-peer.ts'
import { createServerEnv, onServers, startVideo, startVideoOn } from './test-video.ts'

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

const isFull = scale(1, 0) === 1

test('a file that is being made by a process that is killed is made by the next one', {
  skip: !isFull && 'takes half a minute, so only at full size',
}, async (t) => {
  const database = await createMigratedDatabase(t)
  const recorded = await createRecordingEnv(t)
  const settings = { ...recorded, MEDIASOUP_WORKER_BIN: await mediaWorker() }
  const idle = { VIDEO_NODE: 'beside', COMPOSITES_AT_ONCE: '0' }
  const beside = await startVideoOn(t, await onServers(database), { ...settings, ...idle })
  const secret = randomBytes(32).toString('base64url')
  const env = { ...(await createServerEnv(database)), ...settings, PORT: '0', SHED_LOAD: 'false', JWT_SECRET: secret }
  const start = async () => {
    const started = new ServiceProcess('video-service', env)
    t.after(() => started.child.kill('SIGKILL'))
    await started.listening()
    await started.line(({ message }) => message === 'media worker is there')
    return started
  }
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
})
