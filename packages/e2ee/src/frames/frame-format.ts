import { type Bytes, concatBytes, utf8 } from '../bytes.ts'

/*
 * A sealed frame: its clear beginning, what is encrypted with its tag, and a trailer of the sender's key, the number of
 * the frame under that key, and how long the clear beginning is.
 */

const [generationBytes, counterBytes, clearCountBytes] = [4, 6, 1]
export const trailerBytes = generationBytes + counterBytes + clearCountBytes
const tagBytes = 16
const nonceBytes = 12
const lowShare = 2 ** 32

export type Trailer = {
  /** Which key of the sender. */
  generation: number
  /** The number of the frame under that key: it serves once. */
  counter: number
  /** How many bytes at the beginning are clear. */
  clear: number
}

export function writeTrailer({ generation, counter, clear }: Trailer): Bytes {
  const bytes = new Uint8Array(trailerBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, generation)
  view.setUint16(generationBytes, Math.floor(counter / lowShare))
  view.setUint32(generationBytes + 2, counter % lowShare)
  view.setUint8(generationBytes + counterBytes, clear)
  return bytes
}

/** What the end of a frame says of it; undefined where that cannot be one of ours. */
export function readTrailer(frame: Bytes): Trailer | undefined {
  const start = frame.length - trailerBytes
  if (start < tagBytes) return undefined
  const view = new DataView(frame.buffer, frame.byteOffset + start, trailerBytes)
  const counter = view.getUint16(generationBytes) * lowShare + view.getUint32(generationBytes + 2)
  const clear = view.getUint8(generationBytes + counterBytes)
  return clear + tagBytes > start ? undefined : { generation: view.getUint32(0), counter, clear }
}

/** The cipher of one frame: bound to what of it is clear, and to what it is a frame of. */
export function cipherOf(trailer: Bytes, { clear, source }: { clear: Bytes; source: string }) {
  const iv = new Uint8Array(nonceBytes)
  iv.set(trailer.subarray(generationBytes, generationBytes + counterBytes), nonceBytes - counterBytes)
  return { name: 'AES-GCM', iv, additionalData: concatBytes([trailer, clear, utf8(source)]) }
}
