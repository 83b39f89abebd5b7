import type { RecordingCut } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { insertSegment, listLivingHolders, type SegmentRow } from '../stores/recording-segments.ts'
import { hashFile } from './hash-file.ts'
import { mendFile } from './mend-file.ts'
import { readSize } from './read-size.ts'
import { segmentKey } from './recording-keys.ts'
import { enqueueRemoval } from './remove-recording.ts'
import type { SegmentNote } from './segment-files.ts'

export type Storing = Pick<Context, 'sql' | 'kv' | 'blobs' | 'desk' | 'events'>

/** Ends of which nothing is missing, so that a file in which nothing is was never wanted. */
const harmless: readonly RecordingCut[] = ['stopped', 'unpublished', 'moved']

/** A file that nobody writes to any more, with how it ended; undefined where somebody does. */
async function findEnded({ sql, desk }: Storing, found: SegmentNote): Promise<SegmentNote | undefined> {
  if (desk.isOpen(found)) return undefined
  const isOwn = found.holder === desk.holder
  if (!isOwn && (await listLivingHolders(sql.background, [found.holder])).length > 0) return undefined
  // Only now it is sure that what its recorder said of it last is written.
  const note = await desk.files.findNote(found)
  return note && { ...note, ended_by: note.ended_by ?? (isOwn ? 'recorder_died' : 'node_died') }
}

/** Has a file be one that players find their way in; where nothing is in it there is none. */
async function mend({ desk, events }: Storing, note: SegmentNote): Promise<SegmentNote> {
  if (note.is_whole || note.extension === null) return note
  const program = await desk.program.getPath()
  try {
    const duration_ms = await mendFile(program, desk.files.pathOf(note))
    if (duration_ms === undefined) return { ...note, duration_ms: 0, extension: null }
    const mended = { ...note, duration_ms, is_whole: true }
    await desk.files.note(mended)
    return mended
  } catch (error) {
    events.recordingTroubled(note.recording_id, error)
    // There is no other one, and what is in it may play as it is, if less well.
    return note
  }
}

type Stored = Pick<SegmentRow, 'bytes' | 'sha256' | 'width' | 'height'>

/** How large a picture begins; nobody is kept from having it by not knowing that. */
async function findSize({ desk, events }: Storing, note: SegmentNote): Promise<Pick<SegmentRow, 'width' | 'height'>> {
  const unknown = { width: null, height: null }
  if (note.kind !== 'video') return unknown
  try {
    return (await readSize(await desk.program.getPath(), desk.files.pathOf(note))) ?? unknown
  } catch (error) {
    events.recordingTroubled(note.recording_id, error)
    return unknown
  }
}

async function storeFile(context: Storing, note: SegmentNote): Promise<Stored> {
  const { desk, blobs } = context
  const bytes = await desk.files.sizeOf(note)
  if (bytes === 0) return { bytes, sha256: null, width: null, height: null }
  const path = desk.files.pathOf(note)
  const sha256 = await hashFile(path)
  await blobs.putFile(segmentKey(note.recording_id, note.segment_id), path, note.content_type)
  return { bytes, sha256, ...(await findSize(context, note)) }
}

/**
 * Brings a file that is finished into the store, notes it and removes it here; however often it begins anew, the same
 * comes of it. Nothing happens while somebody writes to it.
 */
export async function storeSegment(context: Storing, found: SegmentNote): Promise<void> {
  const { sql, kv, desk, events } = context
  const ended = await findEnded(context, found)
  if (!ended?.ended_by) return
  const { ended_by } = ended
  const note = await mend(context, ended)
  const stored = await storeFile(context, note)
  const { bytes, sha256 } = stored
  const { segment_id, recording_id, participant_id, user_id, source, kind, content_type, duration_ms } = note
  const offset_ms = note.offset_ms ?? note.asked_ms
  const what = { segment_id, recording_id, participant_id, user_id, source, kind, content_type }
  if (sha256 !== null || !harmless.includes(ended_by)) {
    await sql.background.transaction(async (tx) => {
      const isWanted = await insertSegment(tx, { ...what, ...stored, offset_ms, duration_ms, ended_by })
      if (!isWanted) await enqueueRemoval(tx, { recording_id, segment_ids: [segment_id] }, kv)
    })
    events.segmentStored({ recordingId: recording_id, segmentId: segment_id, bytes, cut: ended_by })
  }
  await desk.files.remove(found)
}
