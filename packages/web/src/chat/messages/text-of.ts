import type { Message } from '@secureconnect/sdk'
import { words } from '../../words/index.ts'

/** Why there are no words of a message, if there are none. */
export function absenceOf({ content, deletion_reason, is_encrypted }: Message): string | undefined {
  const { deleted, expired, encrypted } = words.messages
  if (deletion_reason === 'expired') return expired
  if (content === null) return deleted
  return is_encrypted ? encrypted : undefined
}

type Written = Partial<Pick<Message, 'metadata' | 'file_ids' | 'edited_at'>> & Pick<Message, 'content'>

/** What its author wrote, at first or later: words that only stand for the files of a message are not shown beside them. */
export function writtenIn({ content, metadata, file_ids, edited_at }: Written): string {
  return file_ids?.length && metadata?.has_no_words === true && !edited_at ? '' : (content ?? '')
}

/** A message in one line. */
export function textOf(message: Message): string {
  const absence = absenceOf(message)
  if (absence !== undefined) return absence
  return message.content || words.messages.withFiles(message.file_ids.length)
}
