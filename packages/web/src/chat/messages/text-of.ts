import type { Message } from '@secureconnect/sdk'
import { words } from '../../words/index.ts'

/** Why there are no words of a message, if there are none. */
export function absenceOf({ content, deletion_reason, is_encrypted }: Message): string | undefined {
  const { deleted, expired, encrypted } = words.messages
  if (deletion_reason === 'expired') return expired
  if (content === null) return deleted
  return is_encrypted ? encrypted : undefined
}

/** A message in one line. */
export function textOf(message: Message): string {
  const absence = absenceOf(message)
  if (absence !== undefined) return absence
  return message.content || words.messages.withFiles(message.file_ids.length)
}
