import type { MemberRole } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { maySee } from '../conversations/act-in.ts'
import { messageNotFound } from '../errors.ts'
import { findMessage, refreshMessage } from '../history/find-message.ts'
import { type Head, lockHeads } from '../stores/conversation-log.ts'
import { findMembership } from '../stores/members.ts'
import type { StoredMessage } from './log-event.ts'

/** A message as it is now, its conversation being locked, and what whoever wants to change it is there. */
export type Held = { tx: Transaction; head: Head; message: StoredMessage; role: MemberRole }

/**
 * Changes a message that somebody may see; for everybody else there is none. What it is was read before, from the archive
 * perhaps; what has happened to it since is in the log, and nothing more can happen while `change` runs.
 */
export async function changeMessage<T>(
  context: Pick<Context, 'sql' | 'archive' | 'inTurn'>,
  { messageId, userId }: { messageId: string; userId: string },
  change: (held: Held) => Promise<T>,
): Promise<T> {
  const seen = await findMessage(context, messageId)
  if (!seen) throw messageNotFound()
  const { conversationId, seq } = seen
  const changeHeld = async (tx: Transaction) => {
    const [head] = await lockHeads(tx, [conversationId])
    const own = await findMembership(tx, { conversationId, userId })
    if (!head || !own || !maySee({ head, own }, seq)) throw messageNotFound()
    return change({ tx, head, message: await refreshMessage(tx, seen), role: own.role })
  }
  return context.inTurn(conversationId, () => context.sql.transaction(changeHeld))
}
