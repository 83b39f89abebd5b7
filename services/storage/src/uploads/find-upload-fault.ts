import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { headBytes, looksLike } from '@secureconnect/blobs'
import type { Context } from '../context.ts'
import type { UploadFault } from '../errors.ts'
import type { FileRow } from '../stores/files.ts'

async function readHead(blobs: Context['blobs'], key: string): Promise<Buffer> {
  const bytes = await blobs.read(key, { start: 0, end: headBytes - 1 })
  return bytes ? buffer(bytes) : Buffer.alloc(0)
}

type Needed = Pick<Context, 'blobs' | 'checksums'>

async function hashOf(blobs: Needed['blobs'], key: string): Promise<string | undefined> {
  const stream = await blobs.read(key)
  if (!stream) return undefined
  const hash = createHash('sha256')
  await pipeline(stream, hash)
  return hash.digest('hex')
}

/** In what the bytes under a key differ from what was announced, if they do; of encrypted ones nobody knows the type. */
export async function findUploadFault(
  { blobs, checksums }: Needed,
  { size, sha256, content_type: contentType, is_encrypted }: FileRow,
  key: string,
): Promise<UploadFault | undefined> {
  const facts = await blobs.stat(key)
  if (facts?.size !== size) return 'size'
  if (!is_encrypted && !looksLike(contentType, await readHead(blobs, key))) return 'type'
  if (sha256 === null) return undefined
  const found = await checksums.run(() => hashOf(blobs, key))
  return found === sha256 ? undefined : 'checksum'
}
