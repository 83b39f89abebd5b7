import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { callRecordings, type MediaSource, type Recording, type RtpParameters } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { encodeMedia, type PictureCodec, senderReport } from '@secureconnect/test/media'
import { ffmpeg } from '@secureconnect/test/stack'
import { describeStream, type TestPeer } from './test-peer.ts'
import { call, type Person, type Video } from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }
type At = Pick<Video, 'address'>
type Who = Pick<Person, 'token'>

const run = promisify(execFile)
let nextSsrc = 90_000

const clockRate = 90_000
/** Ways of sending a picture, as browsers tell of them. */
const cameras: Readonly<Record<PictureCodec, RtpParameters['codecs'][number]>> = {
  vp8: { mimeType: 'video/VP8', payloadType: 96, clockRate },
  vp9: { mimeType: 'video/VP9', payloadType: 98, clockRate, parameters: { 'profile-id': 0 } },
  h264: {
    mimeType: 'video/H264',
    payloadType: 102,
    clockRate,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
}

/** What records, and folders for recordings and files that are gone after the tests. */
export async function createRecordingEnv(t: Cleanup) {
  const folder = await mkdtemp(join(tmpdir(), 'recordings-'))
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const folders = { RECORDINGS_FOLDER: join(folder, 'recordings'), BLOBS_FOLDER: join(folder, 'blobs') }
  return { FFMPEG: await ffmpeg(), ...folders }
}

/** Publishes something that can be played: a tone, or a picture. */
export async function publishReal(
  t: Cleanup,
  peer: TestPeer,
  source: MediaSource,
  { color, codec = 'vp8' }: { color?: string; codec?: PictureCodec } = {},
): Promise<void> {
  const kind = source === 'mic' || source === 'screen_audio' ? 'audio' : 'video'
  const ssrc = nextSsrc++
  const described = describeStream(kind, ssrc)
  const parameters = kind === 'video' ? { ...described, codecs: [cameras[codec]] } : described
  await peer.produce(source, parameters)
  const payloadType = parameters.codecs[0]?.payloadType ?? 0
  await encodeMedia(t, { program: await ffmpeg(), kind, ssrc, payloadType, color, codec }, (packet) =>
    peer.send(packet),
  )
}

/** Publishes one picture in several sizes, of which so many are sent as `sent` says: at first the first alone. */
export async function publishSizes(t: Cleanup, peer: TestPeer, sizes: readonly string[]): Promise<{ sent: number }> {
  const layers = sizes.map((size) => ({ size, ssrc: nextSsrc++ }))
  const encodings = layers.map(({ ssrc }) => ({ ssrc, scalabilityMode: 'L1T1' }))
  const parameters = { ...describeStream('video', 0), encodings, rtcp: { cname: 'sizes' } }
  await peer.produce('camera', parameters)
  const payloadType = parameters.codecs[0]?.payloadType ?? 0
  const program = await ffmpeg()
  const sending = { sent: 1 }
  const encode = ({ size, ssrc }: { size: string; ssrc: number }, layer: number) =>
    encodeMedia(t, { program, kind: 'video', ssrc, payloadType, size }, (packet) => {
      if (layer >= sending.sent) return
      peer.send(packet)
      peer.send(senderReport({ ssrc, timestamp: packet.readUInt32BE(4) }))
    })
  await Promise.all(layers.map(encode))
  return sending
}

export function record(at: At, action: 'start' | 'stop' | 'list', { token }: Who, callId: string) {
  return call<(typeof callRecordings)[typeof action]>(at, callRecordings[action], {
    token,
    params: { call_id: callId },
  })
}

export async function listRecordings(at: At, { token }: Who, callId: string): Promise<Recording[]> {
  const { data } = await call(at, callRecordings.list, { token, params: { call_id: callId } })
  return data.recordings
}

type OfRecording = { callId: string; recordingId: string }

export function getRecording(at: At, { token }: Who, { callId: call_id, recordingId: recording_id }: OfRecording) {
  return call(at, callRecordings.get, { token, params: { call_id, recording_id } })
}

export function deleteRecording(at: At, { token }: Who, { callId: call_id, recordingId: recording_id }: OfRecording) {
  return call(at, callRecordings.delete, { token, params: { call_id, recording_id } })
}

export function compose(at: At, { token }: Who, { callId: call_id, recordingId: recording_id }: OfRecording) {
  return call(at, callRecordings.compose, { token, params: { call_id, recording_id } })
}

/** What a recording consists of, as soon as it is known what became of its composite. */
export async function nextComposed(at: At, who: Who, place: OfRecording) {
  const isOver = async () => {
    const { composite } = (await getRecording(at, who, place)).data.recording
    return composite?.status === 'done' || composite?.status === 'failed'
  }
  await until('the composite is finished', isOver, 120_000)
  const { data } = await getRecording(at, who, place)
  assert.ok(data.recording.composite)
  return { ...data, composite: data.recording.composite }
}

/** The last recording of a call, as soon as nothing more is to be stored. */
export async function nextFinished(at: At, who: Who, callId: string, withinMs = 20_000): Promise<Recording> {
  let last: Recording | undefined
  const isFinished = async () => {
    last = (await listRecordings(at, who, callId)).at(-1)
    return last?.status === 'ready' || last?.status === 'failed'
  }
  await until('the recording is stored', isFinished, withinMs)
  assert.ok(last)
  return last
}

export async function fetchBytes(url: string): Promise<{ bytes: Buffer; sha256: string }> {
  const response = await fetch(url)
  assert.equal(response.status, 200, url)
  const bytes = Buffer.from(await response.arrayBuffer())
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function writeBytes(t: Cleanup, bytes: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'played-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'file')
  await writeFile(path, bytes)
  return path
}

/** Has ffprobe read every frame of a file. */
async function probe(t: Cleanup, bytes: Buffer, entries: string) {
  const path = await writeBytes(t, bytes)
  const ffprobe = join(dirname(await ffmpeg()), 'ffprobe')
  const shown = ['-show_entries', entries, '-count_frames', '-of', 'json']
  const { stdout, stderr } = await run(ffprobe, ['-v', 'error', ...shown, path])
  assert.equal(stderr, '', 'every frame can be decoded')
  return JSON.parse(stdout)
}

/** Plays a file from its beginning to its end; answers how long that is, and what it consists of. */
export async function play(
  t: Cleanup,
  bytes: Buffer,
): Promise<{ durationMs: number; codecs: string[]; frames: number }> {
  const { format, streams } = await probe(t, bytes, 'format=duration:stream=codec_name,nb_read_frames')
  const codecs = streams.map((stream: { codec_name: string }) => stream.codec_name)
  return { durationMs: Number(format.duration) * 1_000, codecs, frames: Number(streams[0].nb_read_frames) }
}

type Look = { ms: number; points: readonly (readonly [number, number])[] }

/** The colour of some points of a composite at one moment, as so much red, green and blue. */
export async function lookAt(t: Cleanup, bytes: Buffer, { ms, points }: Look): Promise<number[][]> {
  const path = await writeBytes(t, bytes)
  const shown = ['-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']
  const args = ['-v', 'error', '-ss', `${ms}ms`, '-i', path, ...shown]
  const { stdout } = await run(await ffmpeg(), args, { encoding: 'buffer', maxBuffer: 2 ** 24 })
  return points.map(([x, y]) => [...stdout.subarray((y * 1_280 + x) * 3, (y * 1_280 + x) * 3 + 3)])
}

/** How wide each picture of a file is: that may change from one to the next, whatever its header says. */
export async function listWidths(t: Cleanup, bytes: Buffer): Promise<number[]> {
  const { frames } = await probe(t, bytes, 'frame=width')
  return frames.map(({ width }: { width: number }) => width)
}
