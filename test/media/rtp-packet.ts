const headerBytes = 12
const version = 0x80
const marker = 0x80

/** One RTP packet as a microphone or a camera would send it; what is in it means nothing. */
export function rtpPacket(options: {
  ssrc: number
  payloadType: number
  sequence: number
  timestamp: number
  payload?: Buffer
}): Buffer {
  const { ssrc, payloadType, sequence, timestamp, payload = Buffer.alloc(100, 1) } = options
  const header = Buffer.alloc(headerBytes)
  header[0] = version
  header[1] = marker | payloadType
  header.writeUInt16BE(sequence & 0xffff, 2)
  header.writeUInt32BE(timestamp >>> 0, 4)
  header.writeUInt32BE(ssrc, 8)
  return Buffer.concat([header, payload])
}

/** Whether what came is media, and not RTCP about it. */
function isRtp(packet: Buffer): boolean {
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
