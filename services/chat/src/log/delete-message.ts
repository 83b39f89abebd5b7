import type { Message } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { notAllowed } from '../errors.ts'
import { applyEvent } from '../history/apply-event.ts'
import { showMessage } from '../reactions/read-reactions.ts'
import { appendDeletion } from './append-deletion.ts'
import { changeMessage } from './change-message.ts'

/** Deletes an own message, or as owner or admin of a group anybody's; once it is gone, again is no fault. */
export async function deleteMessage(
  context: Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events' | 'readReactions'>,
  { messageId, userId }: { messageId: string; userId: string },
): Promise<Message> {
  const { fanOut, events } = context
  const deleted = await changeMessage(context, { messageId, userId }, async ({ tx, head, message, role }) => {
    const isAuthor = message.senderId === userId
    const isModerator = head.type === 'group' && role !== 'member'
    if (!isAuthor && !isModerator)
      throw notAllowed('Only who wrote a message, or an admin of the group, may delete it.')
    if (message.deletedAt) return message
    const reason = isAuthor ? 'author' : 'moderator'
    const event = await appendDeletion(tx, { head, message, actorId: userId, reason, fanOut })
    tx.afterCommit(() => events.messageDeleted({ messageId, conversationId: head.conversation_id, userId }))
    return applyEvent(message, event)
  })
  return showMessage(context, deleted, userId)
}
