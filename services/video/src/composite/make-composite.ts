import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { hashFile } from '../recording/hash-file.ts'
import { runLeashed } from '../recording/run-leashed.ts'
import type { SegmentRow } from '../stores/recording-segments.ts'
import type { RecordingRow } from '../stores/recordings.ts'
import { CompositeFault } from './composite-fault.ts'
import { describeJoining, listForJoining } from './describe-scene.ts'
import { fetchTracks } from './fetch-tracks.ts'
import { picture } from './lay-out.ts'
import { listScenes } from './list-scenes.ts'
import { makeScenes } from './make-scenes.ts'
import { NoRoomNow } from './plan-next.ts'

/** As much as a second of scenes and of the file made of them takes at most. */
const bytesPerSecond = 700_000
/** Left free for recordings, which cannot wait. */
const reservedBytes = 512 * 1024 * 1024
/** In the end all of the file is written once more, of which ffmpeg tells nothing. */
const stallMs = 120_000

type Making = {
  context: Pick<Context, 'blobs' | 'config' | 'events'>
  program: string
  recording: RecordingRow
  segments: readonly SegmentRow[]
  /** Where all of it may be written, and nobody else writes. */
  folder: string
  signal: AbortSignal
}

export type MadeComposite = { path: string; bytes: number; sha256: string; width: number; height: number }

async function assertRoom({ context: { config }, recording, segments, folder }: Making): Promise<void> {
  const sourceBytes = segments.reduce((sum, { bytes }) => sum + bytes, 0)
  const neededBytes = sourceBytes + ((recording.duration_ms ?? 0) / 1_000) * bytesPerSecond
  if (neededBytes > config.compositesFolderBytes / config.compositesAtOnce) {
    throw new CompositeFault('too_large', `it takes ${Math.ceil(neededBytes)} bytes, more than COMPOSITES_FOLDER_BYTES`)
  }
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < neededBytes + reservedBytes)
    throw new NoRoomNow(`${Math.ceil(neededBytes)} bytes are not free now`)
}

/** Makes one file of all that is stored of a recording: everybody side by side, and what was said. */
export async function makeComposite(making: Making): Promise<MadeComposite> {
  const { context, program, recording, segments, folder, signal } = making
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await assertRoom(making)
  const { blobs, events } = context
  const onUnreadable = (error: unknown) => events.compositeTroubled(recording.recording_id, error)
  const sources = await fetchTracks({ blobs, program, folder, signal, onUnreadable }, segments)
  const durationMs = recording.duration_ms ?? 0
  const { compositeThreads: threads } = context.config
  const scenes = await makeScenes({ program, threads, folder, signal, onUnreadable }, listScenes(sources, durationMs))
  const [list, name] = ['scenes', 'composite.mp4']
  await writeFile(join(folder, list), listForJoining(scenes))
  await runLeashed([program, ...describeJoining({ list, durationMs, path: name })], { cwd: folder, signal, stallMs })
  const path = join(folder, name)
  const [{ size: bytes }, sha256] = await Promise.all([stat(path), hashFile(path)])
  const { width, height } = picture
  return { path, bytes, sha256, width, height }
}
