import type { AppError } from '@secureconnect/errors'
import type { Transaction } from '@secureconnect/sql'
import { blocked, conversationNotFound, encryptionRequired, fileNotFound, notEncrypted, otherBody } from '../errors.ts'
import type { Head } from '../stores/conversation-log.ts'
import { holdReadableFiles, type Sender } from '../stores/sends.ts'
import type { Draft } from './draft.ts'

/** The files that may be sent: `mayRead` tells of each and its would-be sender. */
export type SendableFiles = { mayRead(fileId: string, userId: string): boolean }

/** Looks up the files that drafts name, and keeps them from being deleted meanwhile. */
export async function holdFiles(tx: Transaction, drafts: readonly Draft[]): Promise<SendableFiles> {
  const wanted = drafts.flatMap(({ senderId, facts: { file_ids = [] } }) =>
    file_ids.map((file_id) => ({ file_id, reader_id: senderId })),
  )
  const rows = wanted.length > 0 ? await holdReadableFiles(tx, wanted) : []
  const readable = new Set(rows.map(({ file_id, reader_id }) => `${file_id} ${reader_id}`))
  return { mayRead: (fileId, userId) => readable.has(`${fileId} ${userId}`) }
}

export type Judged = { draft: Draft; head: Head; sender: Sender; files: SendableFiles }

/** Why a message may not be sent, if it may not; one that was sent already is judged by its body alone. */
export function findRefusal({ draft, head, sender, files }: Judged): AppError | undefined {
  if (!sender.role) return conversationNotFound()
  if (sender.sent_id !== null) return sender.sent_hash === draft.bodyHash ? undefined : otherBody()
  if (sender.is_blocked) return blocked()
  const { is_encrypted, file_ids = [] } = draft.facts
  if (head.is_e2ee_enabled !== is_encrypted) return is_encrypted ? notEncrypted() : encryptionRequired()
  return file_ids.every((id) => files.mayRead(id, draft.senderId)) ? undefined : fileNotFound()
}
