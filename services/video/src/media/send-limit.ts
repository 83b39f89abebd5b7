import type { RtpParameters } from '@secureconnect/protocol'
import type { types } from 'mediasoup'
import { tooManyBits } from '../errors.ts'

/** Estimates overshoot, and lost packets are sent again. */
const tolerance = 1.5
/** So many looks in a row: a single one may have seen a burst. */
const mostLooks = 2

/** What one participant may send in all, in bits per second. Browsers keep to what they are told; others are found out. */
export class SendLimit {
  #most: number
  #transport: types.WebRtcTransport | undefined
  #looks = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Holds another transport to it, in place of the one before. */
  async follow(transport: types.WebRtcTransport): Promise<void> {
    this.#transport = transport
    await this.change(this.#most)
  }

  async change(most: number): Promise<void> {
    this.#most = most
    const transport = this.#transport
    if (!transport || transport.closed) return
    await transport.setMaxIncomingBitrate(most).catch((error) => {
      if (!transport.closed) throw error
    })
  }

  /** Refuses what asks for more from the beginning. */
  assertFits({ encodings = [] }: RtpParameters): void {
    const asked = encodings.reduce((sum, { maxBitrate = 0 }) => sum + maxBitrate, 0)
    if (asked > this.#most) throw tooManyBits(this.#most)
  }

  /** Looks how much he sends; answers whether that has been far too much for a while. */
  async isExceeded(): Promise<boolean> {
    // Whatever was closed meanwhile sends nothing.
    const stats = await this.#transport?.getStats().catch(() => undefined)
    const isTooMuch = (stats?.[0]?.rtpRecvBitrate ?? 0) > this.#most * tolerance
    this.#looks = isTooMuch ? this.#looks + 1 : 0
    return this.#looks >= mostLooks
  }
}
