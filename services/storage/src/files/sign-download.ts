import type { FileDownload } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import type { FileRow } from '../stores/files.ts'

const previewType = 'image/webp'

/** URLs by which whoever has them can fetch a live file, and the picture of it that there may be, for some minutes. */
export async function signDownload(
  { blobs, config }: Pick<Context, 'blobs' | 'config'>,
  { object_key, preview_key, file_name: fileName, content_type: contentType }: FileRow,
): Promise<FileDownload> {
  if (object_key === null) throw new Error('A live file has its bytes under a key')
  const expiresInSeconds = config.downloadUrlTtlSeconds
  const expiresAt = new Date(Date.now() + expiresInSeconds * 1_000)
  const common = { fileName, expiresInSeconds }
  const file = { key: object_key, contentType, disposition: 'attachment', ...common } as const
  const preview =
    preview_key && ({ key: preview_key, contentType: previewType, disposition: 'inline', ...common } as const)
  return {
    download_url: await blobs.signDownload(file),
    preview_url: preview && (await blobs.signDownload(preview)),
    expires_at: expiresAt.toISOString(),
  }
}
