const headerBytes = 12
const version = 0x80
const marker = 0x80
const hasExtension = 0x10
const oneByteExtensions = 0xbede

/** The extension that says how loud a packet of sound is, as its stream has to announce it. */
export const audioLevel = { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 1 }

/** One RTP packet as a microphone or a camera would send it; what is in it means nothing, but for how loud it is. */
export function rtpPacket(options: {
  ssrc: number
  payloadType: number
  sequence: number
  timestamp: number
  payload?: Buffer
  /** In dBov: 0 is the loudest, -127 silence. */
  level?: number | undefined
}): Buffer {
  const { ssrc, payloadType, sequence, timestamp, payload = Buffer.alloc(100, 1), level } = options
  const header = Buffer.alloc(headerBytes)
  header[0] = version
  header[1] = marker | payloadType
  header.writeUInt16BE(sequence & 0xffff, 2)
  header.writeUInt32BE(timestamp >>> 0, 4)
  header.writeUInt32BE(ssrc, 8)
  if (level === undefined) return Buffer.concat([header, payload])
  header[0] = version | hasExtension
  const extension = Buffer.alloc(8)
  extension.writeUInt16BE(oneByteExtensions, 0)
  extension.writeUInt16BE(1, 2)
  extension[4] = audioLevel.id << 4
  extension[5] = 0x80 | -level
  return Buffer.concat([header, extension, payload])
}

const senderReportType = 200
const secondsFrom1900To1970 = 2_208_988_800

/** What a sender says of one stream, so that its time can be compared with that of others. */
export function senderReport({ ssrc, timestamp }: { ssrc: number; timestamp: number }): Buffer {
  const report = Buffer.alloc(28)
  const seconds = Date.now() / 1_000
  report[0] = version
  report[1] = senderReportType
  report.writeUInt16BE(report.length / 4 - 1, 2)
  report.writeUInt32BE(ssrc, 4)
  report.writeUInt32BE(Math.floor(seconds) + secondsFrom1900To1970, 8)
  report.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), 12)
  report.writeUInt32BE(timestamp >>> 0, 16)
  return report
}

const startOfFrame = 0x10

/** The payload of a VP8 key frame that fits one packet: what is in it nobody decodes. */
export function vp8KeyFrame(bytes: number): Buffer {
  const payload = Buffer.alloc(bytes, 0)
  payload[0] = startOfFrame
  return payload
}

/** Whether what came is media, and not RTCP about it. */
export function isRtp(packet: Buffer): boolean {
  const type = packet[1] ?? 0
  return packet.length >= headerBytes && (type < 192 || type > 223)
}

/** Counts what comes by its stream. */
export function countPackets(): { readonly bySsrc: ReadonlyMap<number, number>; note: (packet: Buffer) => void } {
  const bySsrc = new Map<number, number>()
  return {
    bySsrc,
    note(packet) {
      if (!isRtp(packet)) return
      const ssrc = packet.readUInt32BE(8)
      bySsrc.set(ssrc, (bySsrc.get(ssrc) ?? 0) + 1)
    },
  }
}
