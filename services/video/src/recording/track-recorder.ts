import { setTimeout as delay } from 'node:timers/promises'
import type { RecordingCut } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import type { Publication } from '../media/peer.ts'
import type { Tap } from '../media/tap.ts'
import { type FileFormat, findFormat } from './describe-stream.ts'
import { findFreePorts } from './free-ports.ts'
import { Recorder, type RecorderEnd } from './recorder.ts'
import type { RecordingDesk } from './recording-desk.ts'
import type { SegmentNote } from './segment-files.ts'

/** The first that dies is followed at once; those that die as soon as they live are followed ever more slowly. */
const livesMs = 5_000
const pauses = { firstMs: 250, mostMs: 30_000 }

type Options = {
  desk: RecordingDesk
  publication: Publication
  userId: string
  recordingId: string
  /** Milliseconds since the recording began. */
  clock: () => number
  tap: (port: number) => Promise<Tap>
}

/** Records what somebody publishes until that ends or the recording does, one recorder after the other. */
export class TrackRecorder {
  readonly done: Promise<void>
  readonly #options: Options
  readonly #stopping = new AbortController()
  #reason: RecordingCut = 'stopped'
  #recorder: Recorder | undefined

  constructor(options: Options) {
    this.#options = options
    this.done = this.#run()
  }

  stop(reason: RecordingCut): void {
    if (!this.#stopping.signal.aborted) this.#reason = reason
    this.#stopping.abort()
    void this.#recorder?.stop(this.#reason)
  }

  async #run(): Promise<void> {
    const { desk, publication, clock } = this.#options
    const { signal } = this.#stopping
    const { producer } = publication
    const format = findFormat(producer)
    const askedMs = clock()
    if (!format) return this.#noteNothing('unsupported', askedMs)
    using slot = await desk.tracks.take(signal)
    if (clock() - askedMs > pauses.firstMs) await this.#noteNothing('queued', askedMs)
    for (let deaths = 0; slot && !signal.aborted && !producer.closed; ) {
      const startedAt = performance.now()
      const isOver = await this.#recordOnce(format)
      if (isOver) return
      deaths = performance.now() - startedAt > livesMs ? 1 : deaths + 1
      if (deaths > 1) await this.#pause(Math.min(pauses.mostMs, pauses.firstMs * 2 ** deaths))
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
  }

  /** Records one file; answers whether nothing is to follow it. */
  async #recordOnce(format: FileFormat): Promise<boolean> {
    const { desk, publication } = this.#options
    const note = this.#createNote(format)
    using _busy = desk.keepOpen(note)
    try {
      await desk.files.note(note)
      const end = await this.#record(note, format)
      // First of all, for on a disk that is full there is no room for a note either.
      desk.noteEnd(note, end)
      // Where pictures are unmarked nobody finds the one to begin at, until the file is written anew.
      const is_whole = end.isWhole && !format.isUnmarked
      await desk.files.note({ ...note, duration_ms: end.durationMs, ended_by: end.cut, is_whole })
      return end.cut !== 'recorder_died'
    } catch (error) {
      // A stream that ended meanwhile needs no recorder.
      if (!publication.producer.closed) desk.noteTrouble(note.recording_id, error)
      return publication.producer.closed
    }
  }

  async #record(note: SegmentNote, format: FileFormat): Promise<RecorderEnd> {
    const { desk, tap: createTap } = this.#options
    const program = await desk.program.getPath()
    const port = await findFreePorts()
    const tap = await createTap(port)
    try {
      const recorder = await Recorder.start({ program, path: desk.files.pathOf(note), format, tap, port })
      this.#recorder = recorder
      desk.noteStart(note, recorder.pid)
      if (this.#stopping.signal.aborted) return await recorder.stop(this.#reason)
      const beginning = this.#begin(note, tap).catch((error) => {
        desk.noteTrouble(note.recording_id, error)
        return void recorder.stop('recorder_died')
      })
      const end = await recorder.ended
      // Whoever waits still for something to come waits no longer.
      tap.close()
      await beginning
      return end
    } finally {
      tap.close()
      this.#recorder = undefined
    }
  }

  /** Has it flow, and notes when the first of it came. */
  async #begin(note: SegmentNote, tap: Tap): Promise<void> {
    const { desk, clock } = this.#options
    const hasCome = await tap.start()
    if (!hasCome) return
    note.offset_ms = Math.round(clock())
    await desk.files.note(note)
  }

  #createNote(format: Pick<FileFormat, 'contentType' | 'extension'> | undefined): SegmentNote {
    const { desk, publication, userId, recordingId, clock } = this.#options
    const { participantId, source, producer } = publication
    return {
      segment_id: newId(),
      recording_id: recordingId,
      holder: desk.holder,
      participant_id: participantId,
      user_id: userId,
      source,
      kind: producer.kind,
      content_type: format?.contentType ?? 'application/octet-stream',
      extension: format?.extension ?? null,
      asked_ms: Math.round(clock()),
      offset_ms: null,
      duration_ms: 0,
      ended_by: null,
      is_whole: false,
    }
  }

  /** Notes a time of which there is no file. */
  async #noteNothing(cut: RecordingCut, askedMs: number): Promise<void> {
    const { desk, clock } = this.#options
    const note = this.#createNote(undefined)
    const duration_ms = cut === 'queued' ? Math.round(clock() - askedMs) : 0
    await desk.files.note({ ...note, asked_ms: Math.round(askedMs), duration_ms, ended_by: cut, is_whole: true })
  }
}
