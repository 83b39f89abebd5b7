import type { Upload } from '@secureconnect/blobs'
import { type BeginUpload, limits, type UploadTicket } from '@secureconnect/protocol'
import { stagingKey } from '../blob-keys.ts'
import type { Context } from '../context.ts'
import type { FileRow } from '../stores/files.ts'

export type Announced = Pick<FileRow, 'file_id' | 'size' | 'content_type' | 'sha256' | 'parts_id'>

type Signing = { file: Announced; method: NonNullable<BeginUpload['method']>; endsAt: Date }

type Needed = Pick<Context, 'blobs' | 'config'>

function isInParts(size: number): boolean {
  return size > limits.uploadPartBytes
}

/** Begins an upload in parts with the store, where a file is that large. */
export async function beginParts(
  { blobs }: Pick<Context, 'blobs'>,
  file: Omit<Announced, 'parts_id'>,
): Promise<string | null> {
  if (!isInParts(file.size)) return null
  const { uploadId } = await blobs.beginParts({ key: stagingKey(file.file_id), contentType: file.content_type })
  return uploadId
}

async function signParts({ blobs, config }: Needed, file: Announced, uploadId: string) {
  const { uploadUrlTtlSeconds: expiresInSeconds } = config
  const count = Math.ceil(file.size / limits.uploadPartBytes)
  const sizeOf = (part: number) => Math.min(limits.uploadPartBytes, file.size - (part - 1) * limits.uploadPartBytes)
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const part = { part: index + 1, size: sizeOf(index + 1) }
      const key = stagingKey(file.file_id)
      const { url, headers } = await blobs.signPart({ key, uploadId, ...part, expiresInSeconds })
      return { ...part, upload_url: url, headers }
    }),
  )
}

/** Says how the bytes of an announced file are sent until its end. */
export async function signUpload(context: Needed, signing: Signing): Promise<UploadTicket> {
  const { file, method, endsAt } = signing
  const { file_id, size, content_type: contentType, sha256, parts_id } = file
  const common = { file_id, method, headers: {}, fields: null, parts: null, expires_at: endsAt.toISOString() }
  if (parts_id !== null) {
    return { ...common, upload_url: null, parts: await signParts(context, file, parts_id) }
  }
  const { uploadUrlTtlSeconds: expiresInSeconds } = context.config
  const upload: Upload = { key: stagingKey(file_id), size, contentType, expiresInSeconds, sha256: sha256 ?? undefined }
  if (method === 'POST') {
    const { url, fields } = await context.blobs.signForm(upload)
    return { ...common, upload_url: url, fields }
  }
  const { url, headers } = await context.blobs.signUpload(upload)
  return { ...common, upload_url: url, headers }
}
