import { Type } from 'typebox'
import { Nullable, Strict, Uuid } from '../fields.ts'
import { Seq } from '../operations/messages.ts'
import { Emoji, MessageReactions } from '../operations/reactions.ts'
import { RequestId } from '../sockets.ts'

const ReactionChange = Type.Object({
  message_id: Uuid,
  target_seq: Seq,
  /** Whose message it is. */
  author_id: Nullable(Uuid),
  user_id: Uuid,
  emoji: Nullable(Emoji),
  count: Type.Integer({ description: 'How many react with this emoji now' }),
})

export const reactionEvents = {
  'reaction.added': ReactionChange,
  'reaction.removed': ReactionChange,
} as const

export const reactionRequests = {
  'reaction.add': {
    frame: Strict({ type: Type.Literal('reaction.add'), id: RequestId, message_id: Uuid, emoji: Emoji }),
    reply: MessageReactions,
  },
  'reaction.remove': {
    frame: Strict({ type: Type.Literal('reaction.remove'), id: RequestId, message_id: Uuid, emoji: Emoji }),
    reply: MessageReactions,
  },
} as const
