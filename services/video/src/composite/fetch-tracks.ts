import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Blobs } from '@secureconnect/blobs'
import { segmentKey } from '../recording/recording-keys.ts'
import type { SegmentRow } from '../stores/recording-segments.ts'
import { assertDecodes } from './assert-decodes.ts'
import { CompositeFault } from './composite-fault.ts'
import type { Source } from './list-scenes.ts'
import { readPictures } from './read-pictures.ts'
import type { Span } from './span.ts'

type Fetching = {
  blobs: Pick<Blobs, 'read'>
  program: string
  folder: string
  signal: AbortSignal
  /** Hears of a file that nothing can be read of, which is left out. */
  onUnreadable: (error: unknown) => void
}

/** Brings a file of a recording here, and makes sure that it is the one that was recorded. */
async function fetchFile({ blobs, folder, signal }: Fetching, segment: SegmentRow): Promise<void> {
  const { recording_id, segment_id, sha256 } = segment
  const bytes = await blobs.read(segmentKey(recording_id, segment_id))
  if (!bytes) throw new CompositeFault('damaged', `the file ${segment_id} is gone`)
  const hash = createHash('sha256')
  const hashed = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(bytes, hashed, createWriteStream(join(folder, segment_id)), { signal })
  if (hash.digest('hex') !== sha256) throw new CompositeFault('damaged', `the file ${segment_id} is not as it was`)
}

/** Brings the files of a recording here, one after the other; answers when there is something of each to see or hear. */
export async function fetchTracks(fetching: Fetching, segments: readonly SegmentRow[]): Promise<Source[]> {
  const { program, folder, signal, onUnreadable } = fetching
  /** When there is something of a file; what is on a screen may stand still for long, while a camera that is off sends nothing. */
  const listShown = async ({ segment_id: path, kind, source }: SegmentRow, whole: Span): Promise<Span[]> => {
    await assertDecodes({ program, path, kind, cwd: folder, signal })
    if (kind === 'audio' || source === 'screen') return [whole]
    const pictures = await readPictures({ program, path, cwd: folder, signal })
    return pictures.map(({ fromMs, toMs }) => ({ fromMs: whole.fromMs + fromMs, toMs: whole.fromMs + toMs }))
  }
  const leaveOut = (error: unknown) => {
    signal.throwIfAborted()
    onUnreadable(error)
    return []
  }
  const sources: Source[] = []
  for (const segment of segments) {
    await fetchFile(fetching, segment)
    const { segment_id: id, participant_id, source, kind, offset_ms: fromMs, duration_ms } = segment
    const [whole, isScreen] = [{ fromMs, toMs: fromMs + duration_ms }, source === 'screen']
    const shown = await listShown(segment, whole).catch(leaveOut)
    if (shown.length > 0) sources.push({ ...whole, id, track: `${participant_id} ${source}`, kind, isScreen, shown })
  }
  return sources
}
