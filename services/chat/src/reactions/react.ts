import { assertNotBlocked } from '@secureconnect/directory'
import { limits, type MessageReactions } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { deletedAlready, encryptionRequired, limitReached } from '../errors.ts'
import { appendEvents } from '../log/append-events.ts'
import { changeMessage, type Held } from '../log/change-message.ts'
import { peerOf } from '../log/peer-of.ts'
import { addReaction, listKinds, removeReaction } from '../stores/reactions.ts'
import { toEmoji } from './to-emoji.ts'

type Needed = Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events' | 'readReactions'>
type Reacting = { messageId: string; userId: string; emoji: string }
type Kinds = Awaited<ReturnType<typeof listKinds>>

/** Changes the reactions to a message under the lock of its conversation, and answers them as they are then. */
async function change(
  context: Needed,
  { messageId, userId, emoji }: Reacting,
  decide: (held: Held, kinds: Kinds) => Promise<'reaction.added' | 'reaction.removed' | undefined>,
): Promise<MessageReactions> {
  const place = await changeMessage(context, { messageId, userId }, async (held) => {
    const { tx, head, message } = held
    const { conversationId, seq } = message
    if (head.is_e2ee_enabled) throw encryptionRequired()
    const kinds = await listKinds(tx, { conversationId, seq, userId })
    const kind = await decide(held, kinds)
    if (kind === undefined) return { conversationId, seq }
    const before = kinds.find((one) => one.emoji === emoji)?.count ?? 0
    const count = before + (kind === 'reaction.added' ? 1 : -1)
    const data = { message_id: messageId, user_id: userId, emoji, count }
    await appendEvents(tx, {
      head,
      drafts: [{ kind, actor_id: userId, target_seq: seq, data }],
      fanOut: context.fanOut,
    })
    tx.afterCommit(() => context.events.messageReacted({ messageId, conversationId, userId, kind }))
    return { conversationId, seq }
  })
  const { conversationId, seq } = place
  const reactions = await context.readReactions({ conversationId, userId, seqs: [seq] })
  return { message_id: messageId, reactions: [...(reactions.get(seq) ?? [])] }
}

function assertRoom(kinds: Kinds, emoji: string): void {
  const { kinds: most, each } = limits.reactionsPerMessage
  const own = kinds.filter(({ is_own }) => is_own)
  if (own.length >= each) throw limitReached(`reactions of one person to a message: ${each}`)
  const isNew = !kinds.some((one) => one.emoji === emoji)
  if (isNew && kinds.length >= most) throw limitReached(`different reactions to a message: ${most}`)
}

/** Reacts to a message; where somebody did so already, nothing changes. */
export async function addReactionTo(context: Needed, given: Reacting): Promise<MessageReactions> {
  const reacting = { ...given, emoji: toEmoji(given.emoji) }
  const { userId, emoji } = reacting
  return change(context, reacting, async ({ tx, head, message }, kinds) => {
    if (message.deletedAt) throw deletedAlready()
    const peer = peerOf(head, userId)
    if (peer !== null) await assertNotBlocked(tx, userId, peer)
    if (kinds.some((one) => one.emoji === emoji && one.is_own)) return undefined
    assertRoom(kinds, emoji)
    await addReaction(tx, { ...message, emoji, userId })
    return 'reaction.added'
  })
}

/** Takes a reaction back, also between people who have blocked one another since. */
export async function removeReactionFrom(context: Needed, given: Reacting): Promise<MessageReactions> {
  const reacting = { ...given, emoji: toEmoji(given.emoji) }
  const { userId, emoji } = reacting
  return change(context, reacting, async ({ tx, message }, kinds) => {
    if (!kinds.some((one) => one.emoji === emoji && one.is_own)) return undefined
    await removeReaction(tx, { ...message, emoji, userId })
    return 'reaction.removed'
  })
}
