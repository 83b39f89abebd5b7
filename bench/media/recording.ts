import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { callRecordings } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { encodeMedia } from '@secureconnect/test/media'
import { call } from '@secureconnect/test/services'
import { ffmpeg } from '@secureconnect/test/stack'
import { describeStream, type TestPeer } from '@secureconnect/video-service/testing'
import type { World } from '../chat/world.ts'
import { type Call, Calls } from './calls.ts'
import { findChildren, findWorker, readCpuMs } from './worker-process.ts'

/** All of them send sound and a picture of so many kbit/s, and receive those of the others. */
export const recordedCall = { people: 5, kbps: 500 } as const
const sources = [
  { source: 'mic', kind: 'audio' },
  { source: 'camera', kind: 'video' },
] as const
export const recordedTracks = recordedCall.people * sources.length
/** Recorders begin, and what they wrote is stored, before anything is counted. */
const settleMs = 3_000

/** What one track costs while it is recorded, in shares of a core: its recorder, and service and worker above the same call unrecorded. */
export type TrackCost = { recorder: number; others: number }

type Scene = { calls: Calls; begun: Call }

/** By turns, a call is recorded and is not. */
export async function measureRecording(world: World, rounds: number, seconds: number): Promise<TrackCost[]> {
  await using stack = new AsyncDisposableStack()
  const after = (work: () => unknown) => stack.defer(async () => void (await work()))
  const folder = await mkdtemp(join(tmpdir(), 'recordings-'))
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const folders = { RECORDINGS_FOLDER: join(folder, 'recordings'), BLOBS_FOLDER: join(folder, 'blobs') }
  const calls = stack.use(await Calls.start(world, { FFMPEG: await ffmpeg(), ...folders }))
  const begun = await calls.begin(recordedCall.people)
  const peers = await calls.joinAll(begun, recordedCall.people)
  for (const sent of sources) await send({ after }, peers, sent)
  await listen(peers)
  const scene = { calls, begun }
  const found: TrackCost[] = []
  for (let round = 0; round < rounds; round += 1) {
    await delay(settleMs)
    const unrecorded = await measureShares(scene, seconds)
    await begin(scene)
    const recorded = await measureShares(scene, seconds)
    await end(scene)
    found.push({
      recorder: recorded.recorders / recordedTracks,
      others: (recorded.others - unrecorded.others) / recordedTracks,
    })
  }
  return found
}

type Sent = (typeof sources)[number]
const ssrcOf = (index: number, { kind }: Pick<Sent, 'kind'>) => (kind === 'audio' ? 700_000 : 800_000) + index

/** What one program encodes all of them send, each as a stream of his own. */
async function send(
  { after }: { after: (work: () => unknown) => void },
  peers: readonly TestPeer[],
  { source, kind }: Sent,
): Promise<void> {
  const [{ payloadType } = { payloadType: 0 }] = describeStream(kind, 0).codecs
  for (const [index, peer] of peers.entries()) await peer.produce(source, describeStream(kind, ssrcOf(index, { kind })))
  const picture = { size: '640x360', perSecond: 25, kbps: recordedCall.kbps }
  await encodeMedia({ after }, { program: await ffmpeg(), kind, ssrc: 1, payloadType, ...picture }, (packet) => {
    for (const [index, peer] of peers.entries()) {
      const own = Buffer.from(packet)
      own.writeUInt32BE(ssrcOf(index, { kind }), 8)
      peer.send(own)
    }
  })
}

async function listen(peers: readonly TestPeer[]): Promise<void> {
  for (const peer of peers) {
    const others = peers.filter((other) => other !== peer)
    const asked = others.flatMap((other) => sources.map(({ source }) => peer.offer(other, source)))
    const consumer_ids = (await Promise.all(asked)).map(({ consumer_id }) => consumer_id)
    await peer.socket.ask('consumer.ready', { consumer_ids })
  }
}

const findRecorders = ({ calls }: Scene) => findChildren(calls.video.pid, 'ffmpeg')

/** The shares of a core that the recorders took, and service and worker. */
async function measureShares(scene: Scene, seconds: number): Promise<{ recorders: number; others: number }> {
  const { pid } = scene.calls.video
  const [recorders, others] = [findRecorders(scene), [pid, findWorker(pid)]]
  const read = (pids: readonly number[]) => pids.reduce((sum, one) => sum + readCpuMs(one), 0)
  const [recordersBefore, othersBefore, startedAt] = [read(recorders), read(others), performance.now()]
  await delay(seconds * 1_000)
  const tookMs = performance.now() - startedAt
  return { recorders: (read(recorders) - recordersBefore) / tookMs, others: (read(others) - othersBefore) / tookMs }
}

function ask<A extends 'start' | 'stop' | 'list'>(action: A, { calls, begun }: Scene) {
  const asking = { token: begun.caller.token, params: { call_id: begun.callId } }
  return call<(typeof callRecordings)[A]>({ address: calls.video.url }, callRecordings[action], asking)
}

async function begin(scene: Scene): Promise<void> {
  const { code } = await ask('start', scene)
  if (code) throw new Error(`Recording was answered ${code}`)
  await until('all is recorded', async () => findRecorders(scene).length === recordedTracks)
  await delay(settleMs)
}

/** Done when what was recorded is stored. */
async function end(scene: Scene): Promise<void> {
  await ask('stop', scene)
  await until('the recording is stored', async () => {
    const { data } = await ask('list', scene)
    return data.recordings.every(({ status }) => status === 'ready')
  })
}
