import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import type { Context } from '../context.ts'
import type { UploadFault } from '../errors.ts'
import type { FileRow } from '../stores/files.ts'

type Needed = Pick<Context, 'blobs' | 'inspections'>

async function hashOf(blobs: Needed['blobs'], key: string): Promise<string | undefined> {
  const stream = await blobs.read(key)
  if (!stream) return undefined
  const hash = createHash('sha256')
  await pipeline(stream, hash)
  return hash.digest('hex')
}

/** In what the bytes under a key differ from what was announced, if they do. */
export async function findUploadFault(
  { blobs, inspections }: Needed,
  { size, sha256 }: FileRow,
  key: string,
): Promise<UploadFault | undefined> {
  const facts = await blobs.stat(key)
  if (facts?.size !== size) return 'size'
  if (sha256 === null) return undefined
  const found = await inspections.run(() => hashOf(blobs, key))
  return found === sha256 ? undefined : 'checksum'
}
