import { buffer } from 'node:stream/consumers'
import { BackupFault } from '../fault.ts'
import type { Manifest } from '../sets/manifest.ts'
import type { ByteStore, Vault } from '../vault.ts'
import { readObject } from './object-bytes.ts'
import { listObjects } from './object-list.ts'

/** How many objects and bytes were there; they are the manifest's, or it throws. */
export type ObjectCount = { count: number; bytes: number }

function assertAll(found: ObjectCount, { set, objects }: Manifest): ObjectCount {
  if (found.count === objects.count && found.bytes === objects.bytes) return found
  throw new BackupFault(`${set} has ${found.count} of ${objects.count} objects. Use another set.`)
}

/** Reads every byte of every object, and says whether they are what they were. */
export async function checkObjects(vault: Vault, manifest: Manifest): Promise<ObjectCount> {
  const found = { count: 0, bytes: 0 }
  for await (const kept of listObjects(vault, manifest)) {
    for await (const bytes of readObject(vault, kept)) found.bytes += bytes.length
    found.count += 1
  }
  return assertAll(found, manifest)
}

/** Puts every object into a store, over what is there under its key. */
export async function loadObjects(vault: Vault, manifest: Manifest, store: ByteStore): Promise<ObjectCount> {
  const found = { count: 0, bytes: 0 }
  const contentType = 'application/octet-stream'
  for await (const kept of listObjects(vault, manifest)) {
    const bytes = readObject(vault, kept)
    if (kept.pieces > 1) await store.putPieces(kept.key, bytes, contentType)
    else await store.write(kept.key, await buffer(bytes), contentType)
    found.count += 1
    found.bytes += kept.size
  }
  return assertAll(found, manifest)
}

/** Whether anybody's files are there. */
export async function hasObjects(store: ByteStore): Promise<boolean> {
  for await (const { key } of store.list('')) if (!key.startsWith('health/')) return true
  return false
}
