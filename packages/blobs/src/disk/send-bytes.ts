import type { FileHandle } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { ByteRange } from './byte-range.ts'

/** How much is read or written at once. */
export const pieceBytes = 256 * 1024

/** Answers when a piece has left this process, so that its memory may be used again. */
function write(response: ServerResponse, piece: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onClose = () => reject(new Error('the client has gone'))
  if (response.destroyed) onClose()
  response.once('close', onClose)
  response.write(piece, (error) => {
    response.off('close', onClose)
    if (error) reject(error)
    else resolve()
  })
  return promise
}

/**
 * Sends a part of a file and ends the answer. Two pieces of memory take turns, one that is read into while the other
 * leaves: a stream takes new memory for each piece, and having that collected again is half of what a download costs.
 */
export async function sendBytes(file: FileHandle, { start, end }: ByteRange, response: ServerResponse): Promise<void> {
  const pieces = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)] as const
  const read = async (turn: number, position: number): Promise<Buffer> => {
    const piece = pieces[turn % 2 === 0 ? 0 : 1]
    const { bytesRead } = await file.read(piece, 0, Math.min(pieceBytes, end + 1 - position), position)
    return piece.subarray(0, bytesRead)
  }
  let position = start
  let next = position > end ? undefined : await read(0, position)
  for (let turn = 1; next !== undefined && next.length > 0; turn++) {
    position += next.length
    const [, following] = await Promise.all([write(response, next), position > end ? undefined : read(turn, position)])
    next = following
  }
  if (position <= end) throw new Error('the file is shorter than it was')
  response.end()
}
