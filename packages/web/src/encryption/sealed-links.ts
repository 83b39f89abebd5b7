import { insist } from '@secureconnect/sdk'
import { kindOf, opaqueType } from '../files/file-kinds.ts'
import type { Links } from '../files/links.ts'
import { getDevice } from './own-device.ts'
import type { SealedFile } from './sealed-files.ts'

/** Each holds a file in memory for as long as it is there. */
const most = 40

const opened = new Map<string, Promise<Links>>()

async function open(file: SealedFile): Promise<Links> {
  const { files } = await getDevice()
  // What is shown as nothing else is of no type, whatever its sender says: nothing of it may run here.
  const type = kindOf(file.type) === 'file' ? opaqueType : file.type
  const bytes = await insist(() => files.download({ ...file, type }))
  return { download_url: URL.createObjectURL(bytes), preview_url: null, expires_at: '9999-12-31T00:00:00Z' }
}

function forget(fileId: string): void {
  opened.get(fileId)?.then(
    ({ download_url }) => URL.revokeObjectURL(download_url),
    () => undefined,
  )
  opened.delete(fileId)
}

/** Where a sealed file is once it was fetched and opened here. */
export function openSealedFile(file: SealedFile): Promise<Links> {
  const { fileId } = file
  const opening = opened.get(fileId) ?? open(file)
  opened.delete(fileId)
  opened.set(fileId, opening)
  opening.catch(() => opened.delete(fileId))
  const [oldest] = opened.keys()
  if (opened.size > most && oldest !== undefined) forget(oldest)
  return opening
}

export function forgetOpenFiles(): void {
  for (const fileId of [...opened.keys()]) forget(fileId)
}
