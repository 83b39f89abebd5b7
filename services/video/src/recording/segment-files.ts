import { mkdir, readdir, readFile, rename, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MediaKind, MediaSource, RecordingCut } from '@secureconnect/protocol'
import { column } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** What is known of a file beside it, so that it can be taken up after whatever happened to the process. */
const SegmentNote = Type.Object({
  segment_id: column.id,
  recording_id: column.id,
  /** The process that records it. */
  holder: column.id,
  participant_id: column.id,
  user_id: column.id,
  source: MediaSource,
  kind: MediaKind,
  content_type: column.text,
  /** Null where there is none, and nothing was recorded. */
  extension: column.nullable(column.text),
  /** When somebody began to wait for it, and when it came: null until then. Both since the recording began. */
  asked_ms: column.integer,
  offset_ms: column.nullable(column.integer),
  duration_ms: column.integer,
  /** Null while it goes on. */
  ended_by: column.nullable(RecordingCut),
  /** Whether players can find their way in the file: its recorder closed it itself, or it was written anew. */
  is_whole: column.flag,
})
export type SegmentNote = Static<typeof SegmentNote>

const segmentNote = Compile(SegmentNote)
const noteEnding = '.json'
/** Left free for the database and the logs that are often on the same disk. */
const reservedBytes = 64 * 1024 * 1024

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTEMPTY')
}

async function orNothing<T, O>(work: Promise<T>, otherwise: O): Promise<T | O> {
  try {
    return await work
  } catch (error) {
    if (isMissing(error)) return otherwise
    throw error
  }
}

function parseNote(text: string): SegmentNote | undefined {
  try {
    const note: unknown = JSON.parse(text)
    return segmentNote.Check(note) ? note : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The files of recordings on this machine that are not in the store yet: a folder for each, and in it a note for each file. */
export class SegmentFiles {
  readonly #folder: string
  readonly #mostBytes: number

  constructor({ folder, mostBytes }: { folder: string; mostBytes: number }) {
    this.#folder = folder
    this.#mostBytes = mostBytes
  }

  pathOf({ recording_id, segment_id, extension }: SegmentNote): string {
    return join(this.#folder, recording_id, `${segment_id}.${extension}`)
  }

  /** Writes what is known of a file, as a whole or not at all. */
  async note(note: SegmentNote): Promise<void> {
    const path = this.#notePathOf(note)
    await mkdir(join(this.#folder, note.recording_id), { recursive: true })
    await writeFile(`${path}.new`, JSON.stringify(note))
    await rename(`${path}.new`, path)
  }

  /** What is known of a file now. */
  async findNote(note: Pick<SegmentNote, 'recording_id' | 'segment_id'>): Promise<SegmentNote | undefined> {
    return parseNote(await orNothing(readFile(this.#notePathOf(note), 'utf8'), ''))
  }

  async listNotes(recordingId: string): Promise<SegmentNote[]> {
    const folder = join(this.#folder, recordingId)
    const names = await orNothing(readdir(folder), [])
    const known = names.filter((name) => name.endsWith(noteEnding)).map((name) => name.slice(0, -noteEnding.length))
    const notes = await Promise.all(known.map((segment_id) => this.findNote({ recording_id: recordingId, segment_id })))
    return notes.filter((note) => note !== undefined)
  }

  /** The recordings of which there is anything here. */
  listRecordings(): Promise<string[]> {
    return orNothing(readdir(this.#folder), [])
  }

  async sizeOf(note: SegmentNote): Promise<number> {
    if (note.extension === null) return 0
    return (await orNothing(stat(this.pathOf(note)), undefined))?.size ?? 0
  }

  async remove(note: SegmentNote): Promise<void> {
    if (note.extension !== null) await rm(this.pathOf(note), { force: true })
    await rm(this.#notePathOf(note), { force: true })
    await orNothing(rmdir(join(this.#folder, note.recording_id)), undefined)
  }

  removeAll(recordingId: string): Promise<void> {
    return rm(join(this.#folder, recordingId), { recursive: true, force: true })
  }

  /** Whether there is no room for anything more. */
  async isFull(): Promise<boolean> {
    await mkdir(this.#folder, { recursive: true })
    const { bavail, bsize } = await statfs(this.#folder)
    return bavail * bsize < reservedBytes || (await this.#measure()) >= this.#mostBytes
  }

  #notePathOf({ recording_id, segment_id }: Pick<SegmentNote, 'recording_id' | 'segment_id'>): string {
    return join(this.#folder, recording_id, `${segment_id}${noteEnding}`)
  }

  async #measure(): Promise<number> {
    let bytes = 0
    for (const recordingId of await this.listRecordings()) {
      const folder = join(this.#folder, recordingId)
      for (const name of await orNothing(readdir(folder), [])) {
        bytes += (await orNothing(stat(join(folder, name)), undefined))?.size ?? 0
      }
    }
    return bytes
  }
}
