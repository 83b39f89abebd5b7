import { buffer } from 'node:stream/consumers'
import { blobLimits } from '@secureconnect/blobs/stores'
import { BackupFault } from '../fault.ts'
import type { Vault } from '../vault.ts'
import { openPiece, type Place, sealPiece } from './seal-piece.ts'

/** As many bytes as one request to a store may carry, before they are sealed. */
export const pieceBytes = blobLimits.partBytes

export const keyOfPiece = ({ name, number }: Place): string => `${name}/${String(number).padStart(8, '0')}`

const contentType = 'application/octet-stream'

/** Parts bytes into pieces; there is always one. */
async function* cut(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let [waiting, size]: [Buffer[], number] = [[], 0]
  for await (const chunk of source) {
    waiting.push(chunk)
    size += chunk.length
    while (size > pieceBytes) {
      const all = Buffer.concat(waiting)
      yield all.subarray(0, pieceBytes)
      waiting = [all.subarray(pieceBytes)]
      size -= pieceBytes
    }
  }
  yield Buffer.concat(waiting)
}

/** Writes a stream under a name, piece by piece; it is whole only with the piece that says it is the last. */
export async function writeSealed(
  { store, key }: Vault,
  name: string,
  source: AsyncIterable<Buffer>,
): Promise<{ pieces: number; storedBytes: number }> {
  let [number, storedBytes] = [0, 0]
  const write = async (bytes: Buffer, isLast: boolean) => {
    number += 1
    const sealed = sealPiece(key, { name, number, isLast }, bytes)
    storedBytes += sealed.length
    await store.write(keyOfPiece({ name, number }), sealed, contentType)
  }
  let waiting: Buffer | undefined
  for await (const piece of cut(source)) {
    if (waiting) await write(waiting, false)
    waiting = piece
  }
  await write(waiting ?? Buffer.alloc(0), true)
  return { pieces: number, storedBytes }
}

/** The bytes of a stream, up to the piece that says it is the last. */
export async function* readSealed({ store, key }: Vault, name: string): AsyncGenerator<Buffer> {
  for (let number = 1; ; number++) {
    const place = { name, number }
    const found = await store.read(keyOfPiece(place))
    if (!found) throw new BackupFault(`Piece ${number} of ${name} is missing. Use another set.`)
    const { bytes, isLast } = openPiece(key, place, await buffer(found))
    yield bytes
    if (isLast) return
  }
}
