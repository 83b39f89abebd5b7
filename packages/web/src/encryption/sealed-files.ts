import { signal } from '@preact/signals'
import type { StoredFile } from '@secureconnect/sdk'
import type { EncryptedFile } from '@secureconnect/sdk/encrypted-files'

/** A file that only who reads its message can open, and a small picture of it where it has one: base64 of a WebP. */
export type SealedFile = EncryptedFile & { preview?: string }

const most = 1_000
const known = signal<ReadonlyMap<string, SealedFile>>(new Map())

const texts = ['fileId', 'name', 'type', 'key', 'digest'] as const

/** Whatever stands in a message was written by somebody else: what is no file is none. */
function isSealedFile(given: unknown): given is SealedFile {
  if (typeof given !== 'object' || given === null) return false
  const facts: Record<string, unknown> = { ...given }
  const isPreview = facts.preview === undefined || typeof facts.preview === 'string'
  return isPreview && typeof facts.size === 'number' && texts.every((name) => typeof facts[name] === 'string')
}

/** Takes note of what a message says of its files, of those that it has. */
export function noteSealedFiles(given: unknown, fileIds: readonly string[]): void {
  if (!Array.isArray(given)) return
  const found = given.filter(isSealedFile).filter(({ fileId }) => fileIds.includes(fileId) && !known.peek().has(fileId))
  if (found.length === 0) return
  const all = [...known.peek(), ...found.map((file) => [file.fileId, file] as const)]
  known.value = new Map(all.slice(-most))
}

export const findSealedFile = (fileId: string): SealedFile | undefined => known.value.get(fileId)

/** A sealed file as one that the service knows: what it is stands in its message alone. */
export function asStoredFile({ fileId, name, type, size }: SealedFile): StoredFile {
  return {
    file_id: fileId,
    owner_id: '',
    file_name: name,
    file_size: size,
    content_type: type,
    is_encrypted: true,
    sha256: null,
    status: 'ready',
    width: null,
    height: null,
    has_preview: true,
    created_at: '',
  }
}

export function forgetSealedFiles(): void {
  known.value = new Map()
}
