/** A frame as it goes over the wire: made once, however many sockets get it. */
export type WireFrame = {
  readonly type: string
  readonly bytes: Buffer
  /** Whether a reader that is behind can do without it. */
  readonly isDroppable: boolean
}

const finalText = 0x81
const mediumLength = 126
const longLength = 127

/** What stands before the text of an unmasked WebSocket message (RFC 6455, 5.2). */
function headerOf(bytes: number): Buffer {
  if (bytes < mediumLength) return Buffer.of(finalText, bytes)
  if (bytes <= 0xffff) return Buffer.of(finalText, mediumLength, bytes >> 8, bytes & 0xff)
  const header = Buffer.alloc(10)
  header[0] = finalText
  header[1] = longLength
  header.writeBigUInt64BE(BigInt(bytes), 2)
  return header
}

/** Makes the one text message that tells `frame`. */
export function toWireFrame<F extends { type: string }>(frame: F, { isDroppable = false } = {}): WireFrame {
  const text = Buffer.from(JSON.stringify(frame))
  return { type: frame.type, bytes: Buffer.concat([headerOf(text.length), text]), isDroppable }
}
