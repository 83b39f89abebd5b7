import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { createMemoryStore } from '../../test/memory-store.ts'
import { keyOfPiece, pieceBytes, readSealed, writeSealed } from './sealed-stream.ts'

const name = 'sets/one/sql/users'
const [first, second, third] = [1, 2, 3].map((number) => keyOfPiece({ name, number })) as [string, string, string]

async function* inChunks(...chunks: readonly Buffer[]) {
  yield* chunks
}

/** Three pieces, the last of which is short. */
async function write() {
  const { store, files } = createMemoryStore()
  const vault = { store, key: 'the key of this installation' }
  const bytes = Buffer.alloc(2 * pieceBytes + 5, 'a').fill('b', pieceBytes)
  const facts = await writeSealed(vault, name, inChunks(bytes.subarray(0, 7), bytes.subarray(7)))
  return { vault, files, bytes, facts }
}

async function read(vault: Awaited<ReturnType<typeof write>>['vault'], from = name): Promise<Buffer> {
  return buffer(readSealed(vault, from))
}

test('what is read is what was written, also when that is nothing, and nobody reads it without the key', async () => {
  const { vault, files, bytes, facts } = await write()
  assert.equal(facts.pieces, 3)
  assert.ok(bytes.equals(await read(vault)))
  assert.equal(files.get(third)?.includes('bbb'), false)
  await writeSealed(vault, 'nothing', inChunks())
  assert.equal((await read(vault, 'nothing')).length, 0)
  await assert.rejects(read({ ...vault, key: 'another key' }), /another backup key/)
})

test('a stream that was cut off, put in another order, exchanged or changed in one bit is not taken for whole', async () => {
  const { vault, files } = await write()
  const whole = new Map(files)
  const take = (key: string) => Buffer.from(whole.get(key) ?? assert.fail())
  const spoil = async (key: string, bytes: Buffer | undefined, sentence: RegExp) => {
    if (bytes) files.set(key, bytes)
    else files.delete(key)
    await assert.rejects(read(vault), sentence)
    files.set(key, take(key))
  }
  const change = (key: string, value: number, offset: number) => {
    const bytes = take(key)
    bytes.writeUInt8(value, offset)
    return bytes
  }
  await spoil(third, undefined, /Piece 3 of .* is missing/)
  await spoil(first, take(second), /Piece 1 .* cannot be opened/)
  await spoil(second, take(third), /Piece 2 .* cannot be opened/)
  // As if the stream ended there.
  await spoil(second, change(second, 1, 1), /Piece 2 .* cannot be opened/)
  await spoil(third, change(third, take(third).readUInt8(20) ^ 1, 20), /Piece 3 .* cannot be opened/)
  await spoil(first, Buffer.alloc(0), /Piece 1 .* cannot be opened/)
})
