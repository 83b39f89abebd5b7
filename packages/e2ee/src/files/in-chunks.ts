import type { Bytes } from '../bytes.ts'

/** Makes something of each chunk; the last one may be smaller, and may be empty where there is nothing else. */
type Take = (chunk: Bytes, isLast: boolean) => Promise<Bytes>

/** Cuts what comes into chunks of one size, and keeps no more than one of them. */
export function inChunks(size: number, take: Take): TransformStream<Uint8Array, Bytes> {
  let chunk = new Uint8Array(size)
  let filled = 0
  return new TransformStream({
    async transform(piece, controller) {
      for (let at = 0; at < piece.length; ) {
        if (filled === size) {
          controller.enqueue(await take(chunk, false))
          chunk = new Uint8Array(size)
          filled = 0
        }
        const taken = piece.subarray(at, at + size - filled)
        chunk.set(taken, filled)
        filled += taken.length
        at += taken.length
      }
    },
    async flush(controller) {
      controller.enqueue(await take(chunk.subarray(0, filled), true))
    },
  })
}
