import type { FileHandle } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { createJudge, type Expected } from './judge-bytes.ts'

/**
 * So much of one file waits to be written; what came meanwhile is written at once. What waits of many files at a time
 * is memory that outlives the engine's quick look at what is young, and is collected by a long one.
 */
const waitingBytes = 64 * 1024

async function writeAll(file: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  const size = pieces.reduce((sum, { length }) => sum + length, 0)
  const { bytesWritten } = await file.writev(pieces)
  if (bytesWritten < size) await file.writeFile(Buffer.concat(pieces).subarray(bytesWritten))
}

/** Where the bytes of a file go. It fails as soon as they are known to be others than expected. */
export function createSink(file: FileHandle, expected: Expected | undefined): Writable {
  const judge = createJudge(expected)
  const write = async (pieces: readonly Buffer[]) => {
    for (const piece of pieces) judge.pass(piece)
    await writeAll(file, pieces)
  }
  return new Writable({
    highWaterMark: waitingBytes,
    write: (piece: Buffer, _encoding, done) => void write([piece]).then(() => done(), done),
    writev: (pieces, done) => void write(pieces.map(({ chunk }) => chunk)).then(() => done(), done),
    final: (done) => void Promise.try(() => judge.end()).then(() => done(), done),
  })
}
