import type { Metrics } from '@secureconnect/metrics'
import type { FrameWriter } from './frame-writer.ts'
import type { WireFrame } from './wire-frame.ts'

/** Frames for one socket that come within this time go out as one write. */
const roundMs = 4

function isSame(a: readonly WireFrame[], b: readonly WireFrame[]): boolean {
  return a.length === b.length && a.every((frame, index) => frame === b[index])
}

/**
 * When the sockets of an endpoint are written to: at once after a pause, else in rounds, because the write is what
 * costs and not the frame. Sockets that get the same frames in a round share the bytes too.
 */
export class WriteRounds {
  readonly #metrics: Pick<Metrics, 'websocketMessages'>
  #writers: FrameWriter[] = []
  #afterwards: (() => void)[] = []
  readonly #counts = new Map<string, number>()
  #isScheduled = false
  #endedAt = Number.NEGATIVE_INFINITY
  #joined: { frames: readonly WireFrame[]; bytes: Buffer } | undefined

  constructor(metrics: Pick<Metrics, 'websocketMessages'>) {
    this.#metrics = metrics
  }

  /** Has `writer` written in the coming round. */
  add(writer: FrameWriter): void {
    this.#writers.push(writer)
    this.#schedule()
  }

  /** Runs `work` when the coming round has been written. */
  afterwards(work: () => void): void {
    this.#afterwards.push(work)
    this.#schedule()
  }

  count(type: string): void {
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1)
  }

  /** The bytes of several frames together. */
  join(frames: readonly WireFrame[]): Buffer {
    const [first] = frames
    if (first && frames.length === 1) return first.bytes
    if (this.#joined && isSame(this.#joined.frames, frames)) return this.#joined.bytes
    const bytes = Buffer.concat(frames.map((frame) => frame.bytes))
    this.#joined = { frames, bytes }
    return bytes
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    const waitMs = this.#endedAt + roundMs - performance.now()
    if (waitMs <= 0) setImmediate(() => this.#write())
    else setTimeout(() => this.#write(), waitMs)
  }

  #write(): void {
    const [writers, afterwards] = [this.#writers, this.#afterwards]
    this.#writers = []
    this.#afterwards = []
    this.#isScheduled = false
    for (const writer of writers) writer.flush()
    this.#joined = undefined
    for (const [type, count] of this.#counts) this.#metrics.websocketMessages.inc({ type, direction: 'out' }, count)
    this.#counts.clear()
    for (const work of afterwards) work()
    this.#endedAt = performance.now()
  }
}
