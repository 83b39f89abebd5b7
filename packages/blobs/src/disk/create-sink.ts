import type { FileHandle } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { createJudge, type Expected } from './judge-bytes.ts'

/** So much of one file waits to be written; what came meanwhile is written at once. */
const waitingBytes = 64 * 1024

async function writeAll(file: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  const size = pieces.reduce((sum, { length }) => sum + length, 0)
  const { bytesWritten } = await file.writev(pieces)
  if (bytesWritten < size) await file.writeFile(Buffer.concat(pieces).subarray(bytesWritten))
}

/**
 * Gives back the memory of a piece that has it to itself. The engine would do so only once much of it has gathered, for
 * it lies outside of its heap: with many uploads at once that is more than all that the process needs besides.
 */
function release({ buffer, byteLength }: Buffer<ArrayBuffer>): void {
  if (buffer.byteLength === byteLength) buffer.transfer(0)
}

/** Where the bytes of a file go, whose pieces are used up. It fails as soon as they are known to be others than expected. */
export function createSink(file: FileHandle, expected: Expected | undefined): Writable {
  const judge = createJudge(expected)
  const write = async (pieces: readonly Buffer<ArrayBuffer>[]) => {
    for (const piece of pieces) judge.pass(piece)
    await writeAll(file, pieces)
    for (const piece of pieces) release(piece)
  }
  return new Writable({
    highWaterMark: waitingBytes,
    write: (piece, _encoding, done) => void write([piece]).then(() => done(), done),
    writev: (pieces, done) => void write(pieces.map(({ chunk }) => chunk)).then(() => done(), done),
    final: (done) => void Promise.try(() => judge.end()).then(() => done(), done),
  })
}
