import type { DeletionReason } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { FanOut } from '../fan-out/fan-out.ts'
import { emptyText, type Head } from '../stores/conversation-log.ts'
import { searchIndex } from '../stores/search-entries.ts'
import { appendEvents } from './append-events.ts'
import type { LogEvent, StoredMessage } from './log-event.ts'

export type Deletion = {
  head: Head
  message: Pick<StoredMessage, 'messageId' | 'seq'>
  /** Nobody, where its time was up. */
  actorId: string | null
  reason: DeletionReason
  fanOut: Pick<FanOut, 'publish'>
}

/** The one way in which text vanishes: from this commit on nobody can read it, and the archive follows. */
export async function appendDeletion(
  tx: Transaction,
  { head, message: { messageId, seq }, actorId, reason, fanOut }: Deletion,
): Promise<LogEvent> {
  const conversationId = head.conversation_id
  await emptyText(tx, { conversationId, seq })
  await searchIndex.remove(tx, { conversationId, seq })
  const data = { message_id: messageId, deletion_reason: reason }
  const draft = { kind: 'message.deleted', actor_id: actorId, target_seq: seq, data } as const
  const [deleted] = await appendEvents(tx, { head, drafts: [draft], fanOut })
  if (!deleted) throw new Error('A deletion got no place')
  return deleted
}
