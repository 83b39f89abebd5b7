import type { Message } from '@secureconnect/sdk'
import { closedBecause, shownOf } from '../../encryption/readings.ts'
import { words } from '../../words/index.ts'

/** Why there are no words of a message, if there are none. */
export function absenceOf(message: Message): string | undefined {
  const { deleted, expired } = words.messages
  if (message.deletion_reason === 'expired') return expired
  if (message.content === null) return deleted
  const reason = message.is_encrypted ? closedBecause(message) : undefined
  return reason && words.encryption.readings[reason]
}

/** Whether a message is there to be acted upon, readable or not. */
export const isThere = ({ content, deletion_reason }: Message) => content !== null && deletion_reason !== 'expired'

type Written = Partial<Pick<Message, 'metadata' | 'file_ids' | 'edited_at'>> & Pick<Message, 'content'>

/** What its author wrote, at first or later: words that only stand for the files of a message are not shown beside them. */
export function writtenIn({ content, metadata, file_ids, edited_at }: Written): string {
  return file_ids?.length && metadata?.has_no_words === true && !edited_at ? '' : (content ?? '')
}

/** A message in one line. */
export function textOf(message: Message): string {
  const absence = absenceOf(message)
  if (absence !== undefined) return absence
  return shownOf(message).content || words.messages.withFiles(message.file_ids.length)
}
