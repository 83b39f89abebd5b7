import { isRtp } from './rtp-packet.ts'

const receiverReportType = 201
const wrap = 0x10000

type Reception = {
  first: number
  highest: number
  received: number
  /** As the last report had it. */
  reported: { expected: number; received: number }
  transit: number | undefined
  jitter: number
}

/** Looks at what comes of streams, and says so as RFC 3550 wants it. */
export class ReceptionReport {
  readonly #clockRate: number
  readonly #streams = new Map<number, Reception>()

  constructor({ clockRate }: { clockRate: number }) {
    this.#clockRate = clockRate
  }

  note(packet: Buffer): void {
    if (!isRtp(packet)) return
    const sequence = packet.readUInt16BE(2)
    const known = this.#streams.get(packet.readUInt32BE(8))
    const stream = known ?? this.#begin(packet.readUInt32BE(8), sequence)
    const ahead = (sequence - stream.highest) & (wrap - 1)
    if (ahead < wrap / 2) stream.highest += ahead
    stream.received += 1
    const transit = (performance.now() * this.#clockRate) / 1_000 - packet.readUInt32BE(4)
    if (stream.transit !== undefined) stream.jitter += (Math.abs(transit - stream.transit) - stream.jitter) / 16
    stream.transit = transit
  }

  /** What is to be sent now: one packet for each stream. */
  write(): Buffer[] {
    return [...this.#streams].map(([ssrc, stream]) => {
      const { first, highest, received, reported, jitter } = stream
      const expected = highest - first + 1
      const expectedNow = expected - reported.expected
      const lostNow = Math.max(0, expectedNow - (received - reported.received))
      stream.reported = { expected, received }
      const report = Buffer.alloc(32)
      report[0] = 0x81
      report[1] = receiverReportType
      report.writeUInt16BE(report.length / 4 - 1, 2)
      report.writeUInt32BE(1, 4)
      report.writeUInt32BE(ssrc, 8)
      report[12] = expectedNow === 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow))
      report.writeUIntBE(Math.max(0, expected - received), 13, 3)
      report.writeUInt32BE(highest >>> 0, 16)
      report.writeUInt32BE(Math.round(jitter), 20)
      return report
    })
  }

  #begin(ssrc: number, sequence: number): Reception {
    const reported = { expected: 0, received: 0 }
    const stream = { first: sequence, highest: sequence, received: 0, reported, transit: undefined, jitter: 0 }
    this.#streams.set(ssrc, stream)
    return stream
  }
}
