import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { chunkBytes, sealedChunkBytes } from './file-cipher.ts'
import { type FileKey, openFile, sealedSize, sealFile, TamperedError } from './index.ts'

const readAll = async (stream: ReadableStream<Uint8Array>) => Buffer.from(await new Response(stream).arrayBuffer())

async function seal(bytes: Buffer) {
  const { through, key } = await sealFile()
  const sealed = await readAll(new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(through))
  return { sealed, key: await key }
}

const open = async (sealed: Buffer, key: FileKey) =>
  readAll(new Blob([Uint8Array.from(sealed)]).stream().pipeThrough(await openFile(key)))

const chunkOf = (sealed: Buffer, place: number) =>
  sealed.subarray(place * sealedChunkBytes, (place + 1) * sealedChunkBytes)

test('a file of any size comes out as it went in, and nothing of it is in what is stored', async () => {
  for (const size of [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes + 5]) {
    const bytes = randomBytes(size)
    const { sealed, key } = await seal(bytes)
    assert.equal(sealed.length, sealedSize(size))
    assert.deepEqual(await open(sealed, key), bytes)
    if (size > 8) assert.equal(sealed.indexOf(bytes.subarray(0, 8)), -1)
  }
})

test('the same file is never sealed by the same key', async () => {
  const bytes = randomBytes(100)
  const [one, other] = [await seal(bytes), await seal(bytes)]
  assert.notEqual(one.key.key, other.key.key)
  assert.notDeepEqual(one.sealed, other.sealed)
})

test('a file that was changed, shortened, put together anew or exchanged is not opened', async () => {
  const { sealed, key } = await seal(randomBytes(3 * chunkBytes + 5))
  const changed = Buffer.from(sealed)
  changed[sealedChunkBytes + 7] = (changed[sealedChunkBytes + 7] ?? 0) ^ 1
  const other = await seal(randomBytes(3 * chunkBytes + 5))
  const [first, second, third, last] = [0, 1, 2, 3].map((place) => chunkOf(sealed, place))
  assert.ok(first && second && third && last)
  const wrong: Readonly<Record<string, Buffer>> = {
    changed,
    'cut at a chunk': sealed.subarray(0, 3 * sealedChunkBytes),
    'cut within a chunk': sealed.subarray(0, -3),
    'with a chunk left out': Buffer.concat([first, third, last]),
    'with chunks in another order': Buffer.concat([second, first, third, last]),
    'with a chunk twice': Buffer.concat([first, first, third, last]),
    'with a chunk of another file': Buffer.concat([first, chunkOf(other.sealed, 1), third, last]),
    'with more behind it': Buffer.concat([sealed, Buffer.alloc(20)]),
    another: other.sealed,
    empty: Buffer.alloc(0),
  }
  for (const [name, bytes] of Object.entries(wrong)) await assert.rejects(open(bytes, key), TamperedError, name)
})

test('who has the key of a file cannot put another one in its place, sealed by the same key', async () => {
  const { key, sealed } = await seal(randomBytes(50))
  const forged = await seal(randomBytes(50))
  await assert.rejects(open(forged.sealed, { key: forged.key.key, digest: key.digest }), TamperedError)
  assert.equal((await open(sealed, key)).length, 50)
})
