import { lockAccounts } from '@secureconnect/directory'
import { withoutRequest } from '@secureconnect/logging'
import type { Transaction } from '@secureconnect/sql'
import { newFileKey, stagingKey } from '../blob-keys.ts'
import type { Context } from '../context.ts'
import { fileNotFound, notAsAnnounced, nothingUploaded, type UploadFault } from '../errors.ts'
import { inspectLater, needsScan } from '../files/inspect-file.ts'
import { removeBytes, removeFile, removeStaged } from '../files/remove-file.ts'
import { type FileRow, lockFile, makeLive } from '../stores/files.ts'
import { settle } from '../stores/quotas.ts'
import { findUploadFault } from './find-upload-fault.ts'

export type CompletionParts = Pick<Context, 'sql' | 'blobs' | 'kv' | 'events' | 'checksums' | 'scanner'>
type Copied = { file: FileRow; key: string }

/** A store that did not say in time that it copied has done so by then, or never does. */
const lateCopyMs = 60_000

/** Copies what was uploaded to where nobody can change it any more; false where nothing was. */
async function copyStaged({ blobs }: Pick<Context, 'blobs'>, { file, key }: Copied): Promise<boolean> {
  const { file_id: fileId, parts_id } = file
  const staged = stagingKey(fileId)
  // A completion that was interrupted may have put the parts together already.
  if (parts_id !== null && !(await blobs.stat(staged))) await blobs.finishParts({ key: staged, uploadId: parts_id })
  return blobs.copy(staged, key)
}

/** Copies what was uploaded and answers what is wrong with the copy, if anything is. */
async function copyAndJudge(context: CompletionParts, copied: Copied): Promise<UploadFault | undefined> {
  const { sql, kv } = context
  try {
    if (await copyStaged(context, copied)) return await findUploadFault(context, copied.file, copied.key)
  } catch (error) {
    // The next completion makes a copy of its own. The store may still be making this one, and the client may be gone.
    const bytes = { keys: [copied.key], dueAt: new Date(Date.now() + lateCopyMs) }
    await withoutRequest(() => sql.background.transaction((tx) => removeBytes(tx, bytes, kv)))
    throw error
  }
  throw nothingUploaded()
}

/** Removes an upload that is not what was announced; answers the file where another completion has made it meanwhile. */
async function reject(
  { sql, kv, events }: CompletionParts,
  { file, key }: Copied,
  reason: UploadFault,
): Promise<FileRow | undefined> {
  const { file_id: fileId, owner_id: userId } = file
  return sql.transaction(async (tx) => {
    const current = await lockFile(tx, fileId)
    await removeBytes(tx, { keys: [key] }, kv)
    if (current?.state === 'live') return current
    if (current) await removeFile(tx, current, kv)
    tx.afterCommit(() => events.uploadRefused({ userId, fileId, reason }))
    return undefined
  })
}

/** Makes the copy the file, once; undefined where the upload ended meanwhile. */
async function adopt(tx: Transaction, { file, key }: Copied, context: CompletionParts): Promise<FileRow | undefined> {
  const { kv, events } = context
  const { file_id: fileId, owner_id: userId, size } = file
  const hasOwner = (await lockAccounts(tx, [userId])) === 1
  const current = await lockFile(tx, fileId)
  if (current?.state !== 'pending' || !hasOwner) {
    await removeBytes(tx, { keys: [key] }, kv)
    return current?.state === 'live' ? current : undefined
  }
  const live = await makeLive(tx, { fileId, key, scan: needsScan(current, context) ? 'waiting' : 'none' })
  await settle(tx, { userId, size })
  await removeStaged(tx, current, kv)
  await inspectLater(tx, live, context)
  tx.afterCommit(() => events.uploadCompleted({ fileId, userId, size }))
  return live
}

/** Makes a file of what was uploaded, if it is what was announced; however often it is asked, and by how many at once. */
export async function completeUpload(context: CompletionParts, file: FileRow): Promise<FileRow> {
  if (file.state === 'live') return file
  const copied = { file, key: newFileKey(file.file_id) }
  const fault = await copyAndJudge(context, copied)
  if (fault) {
    const made = await reject(context, copied, fault)
    if (made) return made
    throw notAsAnnounced(fault)
  }
  const live = await context.sql.transaction((tx) => adopt(tx, copied, context))
  if (!live) throw fileNotFound()
  return live
}
