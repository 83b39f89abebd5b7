import { ConnectionError } from '../errors.ts'
import type { OnBytes } from './send-bytes.ts'

type Fetching = {
  onProgress: ((bytes: number, of: number) => void) | undefined
  signal: AbortSignal | undefined
}

/** Passes bytes on and counts them. */
function countBytes(onBytes: OnBytes): TransformStream<Uint8Array, Uint8Array> {
  let sum = 0
  return new TransformStream({
    transform(piece, controller) {
      sum += piece.byteLength
      controller.enqueue(piece)
      onBytes(sum)
    },
  })
}

/** Fetches all bytes that a URL gives. */
export async function fetchBytes(url: string, { onProgress, signal }: Fetching): Promise<Blob> {
  try {
    const response = await fetch(url, signal && { signal })
    if (!response.ok || !response.body) throw new Error(`The store answered ${response.status}.`)
    const size = Number(response.headers.get('content-length'))
    const counted = response.body.pipeThrough(countBytes((bytes) => onProgress?.(bytes, size)))
    const type = response.headers.get('content-type') ?? 'application/octet-stream'
    return await new Response(counted, { headers: { 'content-type': type } }).blob()
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ConnectionError('The bytes of the file did not come whole.', { cause })
  }
}
