import { randomUUID } from 'node:crypto'
import type { RecordingStopReason } from '@secureconnect/protocol'
import { repeat } from '@secureconnect/service'
import type { CallState } from '../calls/call-state.ts'
import { type Changing, changeCallIn } from '../calls/change-call.ts'
import { beginRecording, giveUpRecording } from '../calls/recording.ts'
import type { Context } from '../context.ts'
import { beginOnNode, endRecording } from '../stores/recordings.ts'
import type { RecorderEnd } from './recorder.ts'
import { RecorderProgram } from './recorder-program.ts'
import { SegmentFiles, type SegmentNote } from './segment-files.ts'
import { Slots } from './slots.ts'

const lookEveryMs = 1_000

type Needed = Changing & Pick<Context, 'config' | 'log' | 'metrics'>
type Place = { callId: string; recordingId: string }
type Watched = Place & { stop: () => void }

/** What the recordings of one process share: the program, the folder, and how much there may be at once. */
export class RecordingDesk implements AsyncDisposable {
  readonly program: RecorderProgram
  readonly files: SegmentFiles
  readonly recordings: Slots
  readonly tracks: Slots
  /** This process, as notes of files name it. */
  readonly holder = randomUUID()
  readonly #context: Needed
  readonly #open = new Set<string>()
  readonly #watched = new Set<Watched>()
  readonly #looking: AsyncDisposable

  constructor(context: Needed) {
    const { config, events, log } = context
    this.#context = context
    this.program = new RecorderProgram({ config, events })
    this.files = new SegmentFiles({
      folder: `${config.recordingsFolder}/${config.videoNode}`,
      mostBytes: config.recordingsFolderBytes,
    })
    this.recordings = new Slots(config.recordingsAtOnce)
    this.tracks = new Slots(config.recordingTracksAtOnce)
    this.#looking = repeat({ name: 'recordings', everyMs: lookEveryMs, log, work: () => this.#look() })
  }

  /** Whether some recorder of this process has a file open, or is about to note how it ended. */
  isOpen({ segment_id }: Pick<SegmentNote, 'segment_id'>): boolean {
    return this.#open.has(segment_id)
  }

  /** Whether anything of a recording goes on here. */
  isRecording(recordingId: string): boolean {
    return [...this.#watched].some((watched) => watched.recordingId === recordingId)
  }

  keepOpen({ segment_id }: SegmentNote): Disposable {
    this.#open.add(segment_id)
    return { [Symbol.dispose]: () => void this.#open.delete(segment_id) }
  }

  /** Keeps an eye on a recording, and stops it when it cannot go on. */
  watch(watched: Watched): Disposable {
    this.#watched.add(watched)
    return { [Symbol.dispose]: () => void this.#watched.delete(watched) }
  }

  /** Notes that a recording begins here, or goes on here; undefined where it is over. */
  async begin(place: Place): Promise<{ state: CallState; elapsedMs: number } | undefined> {
    const { sql, config } = this.#context
    const { callId, recordingId } = place
    let elapsedMs: number | undefined
    const state = await sql.transaction((tx) =>
      changeCallIn(tx, this.#context, {
        place: { callId },
        change: async (before) => {
          if (before.call.recording_id !== recordingId) return before
          elapsedMs = await beginOnNode(tx, recordingId, config.videoNode)
          return beginRecording(before, recordingId)
        },
      }),
    )
    return state && elapsedMs !== undefined ? { state, elapsedMs } : undefined
  }

  /** Ends a recording that cannot go on: everybody in the call is told. */
  async giveUp({ callId, recordingId }: Place, reason: RecordingStopReason): Promise<CallState | undefined> {
    const { sql, events } = this.#context
    const state = await sql.transaction((tx) =>
      changeCallIn(tx, this.#context, {
        place: { callId },
        change: async (before) => {
          if (before.call.recording_id === recordingId) await endRecording(tx, recordingId, { reason, by: null })
          return giveUpRecording(before, recordingId)
        },
      }),
    )
    events.recordingGivenUp({ callId, recordingId, reason })
    return state
  }

  noteStart({ recording_id: recordingId, source }: SegmentNote, pid: number | undefined): void {
    this.#context.events.recorderStarted({ recordingId, source, pid })
  }

  noteEnd({ recording_id: recordingId, segment_id: segmentId }: SegmentNote, { cut, said }: RecorderEnd): void {
    this.#context.events.recorderEnded({ recordingId, segmentId, cut, said })
    if (cut === 'no_room') this.#stopAll()
  }

  noteTrouble(recordingId: string, error: unknown): void {
    this.#context.events.recordingTroubled(recordingId, error)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#looking[Symbol.asyncDispose]()
  }

  /** Why nothing can be recorded here now. */
  async findFault(): Promise<RecordingStopReason | undefined> {
    if (await this.files.isFull()) return 'no_room'
    return (await this.program.findFault()) && 'unavailable'
  }

  async #look(): Promise<void> {
    const { metrics } = this.#context
    metrics.recordingsActive.set(this.#watched.size)
    metrics.recordingTracksActive.set(this.tracks.taken)
    if (this.#watched.size > 0 && (await this.files.isFull())) this.#stopAll()
  }

  /** The disk is full: whatever is recorded ends here. */
  #stopAll(): void {
    for (const { stop } of this.#watched) stop()
  }
}
