import { type Bytes, bytesToBase64 } from '../bytes.ts'
import { TamperedError } from '../tampered-error.ts'
import { chunkBytes, createFileCipher, type FileKey, newKey, readKey, sealedChunkBytes } from './file-cipher.ts'
import { inChunks } from './in-chunks.ts'

type Through = TransformStream<Uint8Array, Bytes>

/** How many bytes a file has once it is sealed. */
export function sealedSize(size: number): number {
  return size + Math.max(1, Math.ceil(size / chunkBytes)) * (sealedChunkBytes - chunkBytes)
}

/** Seals a file as it goes through, under a key of its own, which is there when the last byte has gone. */
export async function sealFile(): Promise<{ through: Through; key: Promise<FileKey> }> {
  const rawKey = newKey()
  const cipher = await createFileCipher(rawKey)
  const { promise, resolve } = Promise.withResolvers<FileKey>()
  const through = inChunks(chunkBytes, async (chunk, isLast) => {
    const sealed = await cipher.seal(chunk, isLast)
    if (isLast) resolve({ key: bytesToBase64(rawKey), digest: await cipher.finish() })
    return sealed
  })
  return { through, key: promise }
}

/**
 * Opens a sealed file as it goes through. Where it is not the one that was sealed the stream fails with a TamperedError,
 * as soon as that is seen: what came before is not to be used.
 */
export async function openFile({ key, digest }: FileKey): Promise<Through> {
  const cipher = await createFileCipher(readKey(key))
  return inChunks(sealedChunkBytes, async (sealed, isLast) => {
    try {
      const chunk = await cipher.open(sealed, isLast)
      if (isLast && (await cipher.finish()) !== digest) throw new Error('The digest is that of another file.')
      return chunk
    } catch (cause) {
      throw new TamperedError('The file is not as it was sent.', { cause })
    }
  })
}
