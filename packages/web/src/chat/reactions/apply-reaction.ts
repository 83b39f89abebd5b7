import { limits } from '@secureconnect/protocol/constants'
import type { EventFrame, Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'

type ReactionEvent = Extract<EventFrame, { kind: 'reaction.added' | 'reaction.removed' }>

/** A message after somebody reacted to it, or took that back; an event that came before changes nothing more. */
export function applyReaction(message: Message, { kind, data: { emoji, user_id, count } }: ReactionEvent): Message {
  // The emoji of somebody who is gone for good is not told any more.
  if (emoji === null) return message
  const before = message.reactions ?? []
  const found = before.find((one) => one.emoji === emoji)
  const others = found?.user_ids.filter((id) => id !== user_id) ?? []
  const isAdded = kind === 'reaction.added'
  const next = {
    emoji,
    count,
    user_ids: isAdded ? [...others, user_id].slice(0, limits.reactorsShown) : others,
    reacted: user_id === client.userId ? isAdded : (found?.reacted ?? false),
  }
  const all = found ? before.map((one) => (one === found ? next : one)) : [...before, next]
  return { ...message, reactions: all.filter((one) => one.count > 0) }
}
