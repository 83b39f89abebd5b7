import type { StoredFile } from '@secureconnect/protocol'
import type { FileRow } from '../stores/files.ts'

/** A live file as its readers see it. */
export function toFile(row: FileRow): StoredFile {
  const { file_id, owner_id, file_name, content_type, is_encrypted, sha256, width, height } = row
  return {
    file_id,
    owner_id,
    file_name,
    file_size: row.size,
    content_type,
    is_encrypted,
    sha256,
    status: row.scan === 'waiting' ? 'scanning' : 'ready',
    width,
    height,
    has_preview: row.preview_key !== null,
    created_at: row.created_at.toISOString(),
  }
}
