import { assertNotBlocked } from '@secureconnect/directory'
import { limits, type MessageReactions, type Reaction } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { deletedAlready, encryptionRequired, limitReached } from '../errors.ts'
import { appendEvents } from '../log/append-events.ts'
import { changeMessage, type Held } from '../log/change-message.ts'
import { peerOf } from '../log/peer-of.ts'
import { addReaction, listReactionsTo, removeReaction } from '../stores/reactions.ts'
import { toEmoji } from './to-emoji.ts'

type Needed = Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events'>
type Reacting = { messageId: string; userId: string; emoji: string }
type Kind = 'reaction.added' | 'reaction.removed'

/** Changes the reactions to a message under the lock of its conversation, and answers them as they are then. */
function change(
  context: Needed,
  { messageId, userId, emoji }: Reacting,
  apply: (held: Held) => Promise<Kind | undefined>,
): Promise<MessageReactions> {
  return changeMessage(context, { messageId, userId }, async (held) => {
    const { tx, head, message } = held
    const { conversationId, seq, senderId: author_id } = message
    if (head.is_e2ee_enabled) throw encryptionRequired()
    const kind = await apply(held)
    const reactions = await listReactionsTo(tx, { conversationId, seq, userId })
    if (kind === 'reaction.added') assertRoom(reactions)
    if (kind !== undefined) {
      const count = reactions.find((one) => one.emoji === emoji)?.count ?? 0
      const data = { message_id: messageId, author_id, user_id: userId, emoji, count }
      const draft = { kind, actor_id: userId, target_seq: seq, data }
      await appendEvents(tx, { head, drafts: [draft], fanOut: context.fanOut })
      tx.afterCommit(() => context.events.messageReacted({ messageId, conversationId, userId, kind }))
    }
    return { message_id: messageId, reactions }
  })
}

/** Refuses the reaction that was just added, where it is one too many. */
function assertRoom(reactions: readonly Reaction[]): void {
  const { kinds, each } = limits.reactionsPerMessage
  const own = reactions.filter(({ reacted }) => reacted)
  if (own.length > each) throw limitReached(`reactions of one person to a message: ${each}`)
  if (reactions.length > kinds) throw limitReached(`different reactions to a message: ${kinds}`)
}

/** Reacts to a message; where somebody did so already, nothing changes. */
export async function addReactionTo(context: Needed, given: Reacting): Promise<MessageReactions> {
  const reacting = { ...given, emoji: toEmoji(given.emoji) }
  return change(context, reacting, async ({ tx, head, message }) => {
    if (message.deletedAt) throw deletedAlready()
    const peer = peerOf(head, given.userId)
    if (peer !== null) await assertNotBlocked(tx, given.userId, peer)
    return (await addReaction(tx, { ...message, ...reacting })) ? 'reaction.added' : undefined
  })
}

/** Takes a reaction back, also between people who have blocked one another since. */
export async function removeReactionFrom(context: Needed, given: Reacting): Promise<MessageReactions> {
  const reacting = { ...given, emoji: toEmoji(given.emoji) }
  return change(context, reacting, async ({ tx, message }) =>
    (await removeReaction(tx, { ...message, ...reacting })) ? 'reaction.removed' : undefined,
  )
}
