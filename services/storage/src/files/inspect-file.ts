import { makePreview, type Preview, previewedTypes, ScanError } from '@secureconnect/blobs'
import { enqueueNotification } from '@secureconnect/notifications'
import { enqueue, type Topic } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import { newPreviewKey } from '../blob-keys.ts'
import type { Context } from '../context.ts'
import { type FileRow, findFile, lockFile, saveInspection } from '../stores/files.ts'
import { removeBytes, removeFile } from './remove-file.ts'

/** New files that are looked into: for what does harm, and for a small picture of them. The key is the file's id. */
const inspectionTopic = 'file-inspection'
/** Whole files are read. */
const timeoutMs = 300_000

type Needed = Pick<Context, 'sql' | 'blobs' | 'scanner' | 'kv' | 'events' | 'log'>
type Refusal = Pick<Needed, 'kv' | 'events'> & { reason: 'infected' | 'not_scannable' }

/** Of what is encrypted nobody but its readers can tell anything. */
export function needsScan({ is_encrypted }: FileRow, { scanner }: Pick<Context, 'scanner'>): boolean {
  return scanner !== undefined && !is_encrypted
}

function hasPreview({ is_encrypted, content_type: contentType }: FileRow): boolean {
  return !is_encrypted && previewedTypes.includes(contentType)
}

/** Has a new file looked into, if there is anything to find. */
export async function inspectLater(tx: Transaction, file: FileRow, { kv }: Pick<Context, 'kv'>): Promise<void> {
  if (file.scan !== 'waiting' && !hasPreview(file)) return
  await enqueue(tx, { topic: inspectionTopic, key: file.file_id, payload: {} }, kv)
}

async function readBytes({ blobs }: Pick<Context, 'blobs'>, { object_key: key }: FileRow) {
  const bytes = key === null ? undefined : await blobs.read(key)
  if (!bytes) throw new Error('The bytes of a live file are not there')
  return bytes
}

/** Why nobody may have a file, if the scanner says so; one that it will never take is not known to be clean. */
async function findScanFault(context: Needed, file: FileRow): Promise<'infected' | 'not_scannable' | undefined> {
  if (file.scan !== 'waiting' || !context.scanner) return undefined
  try {
    const { isClean } = await context.scanner.scan(await readBytes(context, file))
    return isClean ? undefined : 'infected'
  } catch (error) {
    if (error instanceof ScanError && error.reason === 'too-large') return 'not_scannable'
    throw error
  }
}

async function savePreview(context: Needed, file: FileRow): Promise<{ preview: Preview; key: string } | undefined> {
  const preview = hasPreview(file) ? await makePreview(await readBytes(context, file), context.log) : undefined
  if (!preview) return undefined
  const key = newPreviewKey(file.file_id)
  await context.blobs.write(key, preview.bytes, preview.contentType)
  return { preview, key }
}

/** Removes a file that nobody may have, and has its owner told. */
async function refuse(tx: Transaction, fileId: string, { kv, events, reason }: Refusal): Promise<void> {
  const file = await lockFile(tx, fileId)
  if (!file) return
  const { owner_id: userId } = file
  await removeFile(tx, file, kv)
  await enqueueNotification(tx, { kind: 'file_refused', user_id: userId, file_id: fileId }, kv)
  tx.afterCommit(() => events.uploadRefused({ userId, fileId, reason }))
}

/** Looks into a file, and answers what keeps what was found. */
async function inspect(context: Needed, fileId: string): Promise<(tx: Transaction) => Promise<void>> {
  const file = await findFile(context.sql.background, fileId)
  if (file?.state !== 'live') return async () => undefined
  const reason = await findScanFault(context, file)
  if (reason) return (tx) => refuse(tx, fileId, { ...context, reason })
  const saved = await savePreview(context, file)
  return async (tx) => {
    const current = await lockFile(tx, fileId)
    if (current) await saveInspection(tx, { fileId, previewKey: saved?.key ?? null, size: saved?.preview ?? null })
    else if (saved) await removeBytes(tx, { keys: [saved.key] }, context.kv)
  }
}

/** Looks into new files, two at a time in a process. */
export function createInspections(context: Needed): Record<string, Topic> {
  const attempts = Number.MAX_SAFE_INTEGER
  return { [inspectionTopic]: { atOnce: 2, attempts, timeoutMs, prepare: ({ key }) => inspect(context, key) } }
}
