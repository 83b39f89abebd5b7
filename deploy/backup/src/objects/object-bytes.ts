import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { BlobListing } from '@secureconnect/blobs'
import { BackupFault } from '../fault.ts'
import { sealPiece } from '../sealed/seal-piece.ts'
import { keyOfPiece, pieceBytes, readSealed } from '../sealed/sealed-stream.ts'
import { objectName, type StoredAs } from '../sets/set-keys.ts'
import type { ByteStore, Vault } from '../vault.ts'
import type { KeptObject } from './object-list.ts'

type Stored = Pick<KeptObject, 'size' | 'sha256' | 'pieces'>

/** Reads a piece of an object as a whole, so that no connection waits for the target. */
async function readPiece(source: ByteStore, { key, size }: BlobListing, from: number): Promise<Buffer | undefined> {
  const range = size > pieceBytes ? { start: from, end: Math.min(from + pieceBytes, size) - 1 } : undefined
  const found = await source.read(key, range)
  return found && (await buffer(found))
}

/** Seals the bytes of an object, piece by piece; undefined where it is gone by now. */
export async function storeObject(
  source: ByteStore,
  { store, key }: Vault,
  listed: BlobListing,
  storedAs: StoredAs,
): Promise<Stored | undefined> {
  const name = objectName(storedAs)
  const hash = createHash('sha256')
  const pieces = Math.max(1, Math.ceil(listed.size / pieceBytes))
  let size = 0
  for (let number = 1; number <= pieces; number++) {
    const bytes = await readPiece(source, listed, size)
    if (!bytes) return undefined
    hash.update(bytes)
    size += bytes.length
    const sealed = sealPiece(key, { name, number, isLast: number === pieces }, bytes)
    await store.write(keyOfPiece({ name, number }), sealed, 'application/octet-stream')
  }
  if (pieces > 1 && size !== listed.size)
    throw new BackupFault(`${listed.key} changed while it was read. Take the backup again.`)
  return { size, sha256: hash.digest('hex'), pieces }
}

/** The bytes of an object, which are compared at their end with what they were. */
export async function* readObject(vault: Vault, { key, sha256, storedAs }: KeptObject): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const bytes of readSealed(vault, objectName(storedAs))) {
    hash.update(bytes)
    yield bytes
  }
  if (hash.digest('hex') !== sha256) throw new BackupFault(`${key} is not what it was. Use another set.`)
}
