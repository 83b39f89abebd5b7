import { ApiError, insist, type StoredFile } from '@secureconnect/sdk'
import { useEffect } from 'preact/hooks'
import { client } from '../app/client.ts'
import { createLookup } from '../app/lookup.ts'
import { asStoredFile, findSealedFile } from '../encryption/sealed-files.ts'
import { kindOf } from './file-kinds.ts'

const askAgainMs = 3_000
/** The service has looked into a picture by then, or makes no small one of it. */
const settledMs = 60_000

async function find(file_id: string): Promise<StoredFile | null> {
  try {
    return await insist(() => client.rest.files.get({ file_id }))
  } catch (error) {
    if (error instanceof ApiError && error.code === 'FILE_NOT_FOUND') return null
    throw error
  }
}

const files = createLookup<StoredFile>(find)
client.onSignedOut(() => files.clear())

/** Whether more will be known of a file soon: that it does no harm, or what it looks like. */
export function isUnsettled({ status, has_preview, content_type, created_at }: StoredFile): boolean {
  if (status === 'scanning') return true
  const isYoung = Date.now() - Date.parse(created_at) < settledMs
  return kindOf(content_type) === 'picture' && !has_preview && isYoung
}

/** What is known of a file, asked for again while there is more to come; null where there is none for this person. */
export function useFile(id: string): StoredFile | null | undefined {
  const sealed = findSealedFile(id)
  const file = sealed ? asStoredFile(sealed) : files.get(id)
  useEffect(() => {
    if (!file || !isUnsettled(file)) return
    const timer = setTimeout(async () => {
      // Without an answer it stays as it is.
      const found = await find(id).catch(() => file)
      files.put([[id, found]])
    }, askAgainMs)
    return () => clearTimeout(timer)
  }, [file])
  return file
}

/** One's own file that was deleted here. */
export function noteDeleted(id: string): void {
  files.put([[id, null]])
}
