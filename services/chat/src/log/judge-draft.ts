import { holdReadableFiles } from '@secureconnect/directory'
import type { AppError } from '@secureconnect/errors'
import { otherBody } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import {
  blocked,
  conversationNotFound,
  encryptedFilesOnly,
  encryptionRequired,
  fileNotFound,
  mentionedStranger,
  notAllowed,
  notEncrypted,
} from '../errors.ts'
import type { Head } from '../stores/conversation-log.ts'
import { listMentioned, type Sender } from '../stores/sends.ts'
import type { Draft } from './draft.ts'
import { peerOf } from './peer-of.ts'

/** What drafts refer to: whether a would-be sender may read a file, whether that is encrypted, and who is in a conversation. */
export type References = {
  mayRead(fileId: string, userId: string): boolean
  isEncrypted(fileId: string): boolean
  isMember(conversationId: string, userId: string): boolean
}

/** Looks up the files and people that drafts name, and keeps the files from being deleted meanwhile. */
export async function holdReferences(tx: Transaction, drafts: readonly Draft[]): Promise<References> {
  const wanted = drafts.flatMap(({ senderId, facts: { file_ids = [] } }) =>
    file_ids.map((file_id) => ({ file_id, reader_id: senderId })),
  )
  const named = drafts.flatMap(({ conversationId, facts: { mentions = [] } }) =>
    mentions.map((user_id) => ({ conversation_id: conversationId, user_id })),
  )
  const files = wanted.length > 0 ? await holdReadableFiles(tx, wanted) : []
  const people = named.length > 0 ? await listMentioned(tx, named) : []
  const readable = new Set(files.map(({ file_id, reader_id }) => `${file_id} ${reader_id}`))
  const encrypted = new Set(files.flatMap(({ file_id, is_encrypted }) => (is_encrypted ? file_id : [])))
  const members = new Set(people.map(({ conversation_id, user_id }) => `${conversation_id} ${user_id}`))
  return {
    mayRead: (fileId, userId) => readable.has(`${fileId} ${userId}`),
    isEncrypted: (fileId) => encrypted.has(fileId),
    isMember: (conversationId, userId) => members.has(`${conversationId} ${userId}`),
  }
}

export type Judged = { draft: Draft; head: Head; sender: Sender; references: References }

function findMentionFault({ draft, head, sender, references }: Judged): AppError | undefined {
  const { mentions = [], mentions_all } = draft.facts
  if (mentions_all && (head.type === 'direct' || sender.role === 'member'))
    return notAllowed('Only an owner or admin of a group may mention everybody.')
  // The other one of two who has left comes back with the message.
  const peer = peerOf(head, draft.senderId)
  const isHere = (userId: string) => userId === peer || references.isMember(draft.conversationId, userId)
  return mentions.every(isHere) ? undefined : mentionedStranger()
}

/** Why a message may not be sent, if it may not; one that was sent already is judged by its body alone. */
export function findRefusal(judged: Judged): AppError | undefined {
  const { draft, head, sender, references } = judged
  if (!sender.role) return conversationNotFound()
  if (sender.sent_id !== null) return sender.sent_hash === draft.bodyHash ? undefined : otherBody()
  if (sender.is_blocked) return blocked()
  const { is_encrypted, file_ids = [] } = draft.facts
  if (head.is_e2ee_enabled !== is_encrypted) return is_encrypted ? notEncrypted() : encryptionRequired()
  if (!file_ids.every((id) => references.mayRead(id, draft.senderId))) return fileNotFound()
  if (is_encrypted && !file_ids.every((id) => references.isEncrypted(id))) return encryptedFilesOnly()
  return findMentionFault(judged)
}
