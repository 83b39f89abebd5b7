import type { Duplex } from 'node:stream'
import { limits } from '@secureconnect/protocol'
import type { WireFrame } from './wire-frame.ts'
import type { WriteRounds } from './write-rounds.ts'

/** What one write holds at most, so that little is beyond recall when a reader falls behind. */
const writeBytes = 64 * 1024

export type FrameWriterOptions = {
  stream: Duplex
  rounds: WriteRounds
  /** Told once, when the reader is so far behind that its socket has to end. */
  onTooSlow: () => void
}

/** What waits to be written to one socket. What the network does not take stays here, within bounds. */
export class FrameWriter {
  readonly #options: FrameWriterOptions
  #waiting: WireFrame[] = []
  #waitingBytes = 0
  #isDue = false
  #isEnded = false

  constructor(options: FrameWriterOptions) {
    this.#options = options
  }

  /** Writes a frame with the next round. */
  push(frame: WireFrame): void {
    if (this.#isEnded) return
    this.#waiting.push(frame)
    this.#waitingBytes += frame.bytes.length
    this.#options.rounds.count(frame.type)
    if (this.#isOver()) this.#makeRoom()
    if (this.#isDue) return
    this.#isDue = true
    this.#options.rounds.add(this)
  }

  /** Writes as much as the network takes; the rest goes when it takes more. */
  flush(): void {
    this.#isDue = false
    const { stream } = this.#options
    while (this.#waiting.length > 0 && !this.#isBlocked()) stream.write(this.#takeChunk())
    if (this.#waiting.length === 0 || !stream.writable) return
    this.#isDue = true
    stream.once('drain', () => this.flush())
  }

  /**
   * Writes frames that a client asked for, each part when the network has taken the one before: they wait with whoever
   * reads them and count against no limit.
   */
  async writePaced(frames: readonly WireFrame[]): Promise<void> {
    const { stream, rounds } = this.#options
    for (const part of toParts(frames)) {
      if (this.#isEnded || !stream.writable) return
      for (const { type } of part) rounds.count(type)
      await new Promise<void>((written) => stream.write(rounds.join(part), () => written()))
    }
  }

  /** Writes what waits, as far as possible, and takes nothing more. */
  end(): void {
    if (this.#isEnded) return
    this.flush()
    this.#isEnded = true
    this.#drop()
  }

  /** The stream holds back more than it should; a false answer to a write alone says too little. */
  #isBlocked(): boolean {
    const { writable, writableNeedDrain, writableLength } = this.#options.stream
    return !writable || (writableNeedDrain && writableLength > 0)
  }

  #isOver(): boolean {
    return this.#waitingBytes > limits.waitingBytes || this.#waiting.length > limits.waitingFrames
  }

  /** A burst is written early, a reader that is behind loses what it can do without, and one further behind its socket. */
  #makeRoom(): void {
    while (this.#waiting.length > 0 && !this.#isBlocked()) this.#options.stream.write(this.#takeChunk())
    if (!this.#isOver()) return
    this.#waiting = this.#waiting.filter((frame) => !frame.isDroppable)
    this.#waitingBytes = this.#waiting.reduce((sum, frame) => sum + frame.bytes.length, 0)
    if (!this.#isOver()) return
    this.#isEnded = true
    this.#drop()
    this.#options.onTooSlow()
  }

  #takeChunk(): Buffer {
    const count = this.#waitingBytes <= writeBytes ? this.#waiting.length : countUpTo(this.#waiting, writeBytes)
    const frames = count === this.#waiting.length ? this.#waiting : this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    const bytes = this.#options.rounds.join(frames)
    this.#waitingBytes -= bytes.length
    return bytes
  }

  #drop(): void {
    this.#waiting = []
    this.#waitingBytes = 0
  }
}

/** How many of the first frames fit into so many bytes, and at least one. */
function countUpTo(frames: readonly WireFrame[], maxBytes: number): number {
  let bytes = 0
  const over = frames.findIndex((frame) => {
    bytes += frame.bytes.length
    return bytes > maxBytes
  })
  return over === -1 ? frames.length : Math.max(1, over)
}

function* toParts(frames: readonly WireFrame[]): Generator<readonly WireFrame[]> {
  for (let from = 0; from < frames.length; ) {
    const part = frames.slice(from, from + countUpTo(frames.slice(from), writeBytes))
    yield part
    from += part.length
  }
}
