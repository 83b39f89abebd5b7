import type { MemberRole } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import { assertMember } from '../assert-member.ts'
import type { Context } from '../context.ts'
import { messageNotFound } from '../errors.ts'
import { findVisible, refreshMessage } from '../history/find-message.ts'
import { type Head, lockHeads } from '../stores/conversation-log.ts'
import type { StoredMessage } from './log-event.ts'

/** A message as it is now, its conversation being locked, and what whoever wants to change it is there. */
export type Held = { tx: Transaction; head: Head; message: StoredMessage; role: MemberRole }

/**
 * Changes a message that somebody may see. What it is was read before, from the archive perhaps; what has happened to it
 * since is in the log, and nothing more can happen while `change` runs.
 */
export async function changeMessage<T>(
  context: Pick<Context, 'sql' | 'archive' | 'inTurn'>,
  { messageId, userId }: { messageId: string; userId: string },
  change: (held: Held) => Promise<T>,
): Promise<T> {
  const seen = await findVisible(context, { messageId, userId })
  const { conversationId } = seen
  const changeHeld = async (tx: Transaction) => {
    const [head] = await lockHeads(tx, [conversationId])
    if (!head) throw messageNotFound()
    const { role } = await assertMember(tx, { conversationId, userId })
    return change({ tx, head, message: await refreshMessage(tx, seen), role })
  }
  return context.inTurn(conversationId, () => context.sql.transaction(changeHeld))
}
