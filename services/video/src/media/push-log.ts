import { limits } from '@secureconnect/protocol'
import type { WireFrame } from '@secureconnect/service'

const { frames: mostFrames, bytes: mostBytes } = limits.replayedPushes

/** What one participant was told lately, so that he can be told it again when his line was gone. */
export class PushLog {
  #frames: WireFrame[] = []
  #bytes = 0
  /** The number of the last one; each is one more than the one before. */
  seq = 0

  add(frame: WireFrame): void {
    this.seq += 1
    this.#frames.push(frame)
    this.#bytes += frame.bytes.length
    while (this.#frames.length > mostFrames || this.#bytes > mostBytes) {
      this.#bytes -= this.#frames.shift()?.bytes.length ?? 0
    }
  }

  /** All that came after `seq`; undefined where that is not known any more, or was never told. */
  after(seq: number): readonly WireFrame[] | undefined {
    const first = this.seq - this.#frames.length
    if (seq < first || seq > this.seq) return undefined
    return this.#frames.slice(seq - first)
  }
}
