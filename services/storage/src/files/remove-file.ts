import type { Kv } from '@secureconnect/kv'
import { enqueue, type Topic, Undeliverable } from '@secureconnect/outbox'
import { newId, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { stagingKey } from '../blob-keys.ts'
import type { Context } from '../context.ts'
import { deleteFile, type FileRow } from '../stores/files.ts'
import { giveBack } from '../stores/quotas.ts'

/** Bytes that nobody refers to any more, and that the store has still. */
export const removalTopic = 'blob-removal'

const Removal = Type.Object({ keys: Type.Array(Type.String()), parts_id: Type.Optional(Type.String()) })
const removal = Compile(Removal)

type Wake = Pick<Kv, 'publish'>
type Bytes = { keys: readonly string[]; partsId?: string | null; dueAt?: Date }

/** Has bytes removed once the transaction is committed, however long the store is away. */
export async function removeBytes(tx: Transaction, { keys, partsId, dueAt }: Bytes, kv: Wake): Promise<void> {
  const payload = { keys, ...(partsId && { parts_id: partsId }) }
  await enqueue(tx, { topic: removalTopic, key: newId(), payload, ...(dueAt && { dueAt }) }, kv)
}

/**
 * Has what a client put removed, now and again when nobody can put it once more: the URL to do so is good until then.
 */
export async function removeStaged(tx: Transaction, file: FileRow, kv: Wake): Promise<void> {
  const { file_id: fileId, parts_id: partsId, upload_ends_at: dueAt } = file
  const staged = { keys: [stagingKey(fileId)], partsId }
  await removeBytes(tx, staged, kv)
  if (dueAt) await removeBytes(tx, { ...staged, dueAt }, kv)
}

/** Removes a file or an upload that the transaction has locked, with its bytes and its part of the quota. */
export async function removeFile(tx: Transaction, file: FileRow, kv: Wake): Promise<void> {
  const { file_id: fileId, owner_id: userId, size, state, object_key, preview_key } = file
  const wasLive = state === 'live'
  await deleteFile(tx, fileId)
  await giveBack(tx, { userId, size, wasLive })
  const keys = [object_key, preview_key].filter((key) => key !== null)
  if (wasLive) await removeBytes(tx, { keys }, kv)
  else await removeStaged(tx, file, kv)
}

/** Removes bytes from the store. */
export function createRemoval({ blobs }: Pick<Context, 'blobs'>): Topic {
  return {
    // What nobody refers to any more must not stay, however long the store is away.
    attempts: Number.MAX_SAFE_INTEGER,
    isReady: () => blobs.probe.state.status !== 'down',
    async deliver({ payload }) {
      if (!removal.Check(payload)) throw new Undeliverable('the row names no bytes')
      const { keys, parts_id: uploadId } = payload
      for (const key of keys) if (uploadId !== undefined) await blobs.abortParts({ key, uploadId })
      await blobs.remove(keys)
    },
  }
}
