import type { Message } from '@secureconnect/sdk'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { isEncrypted } from '../list/conversations.ts'
import { useTalk } from '../talk.ts'
import { react } from './react.ts'

type Reaction = NonNullable<Message['reactions']>[number]

function Chip({ messageId, reaction }: { messageId: string; reaction: Reaction }) {
  const talk = useTalk()
  const { emoji, count, reacted, user_ids } = reaction
  const isFixed = isEncrypted(talk.conversationId)
  const who = words.reactions.who(user_ids.map(nameOf), count)
  return (
    <button
      class="reaction"
      type="button"
      aria-pressed={reacted}
      aria-label={`${emoji} ${who}`}
      title={who}
      disabled={isFixed}
      onClick={() => react(talk, { messageId, emoji, isWanted: !reacted })}
    >
      {emoji} <span>{count}</span>
    </button>
  )
}

/** What people answered to a message with an emoji; a click joins them, or takes one's own back. */
export function Reactions({ message: { message_id, reactions = [] } }: { message: Message }) {
  if (reactions.length === 0) return null
  return (
    <div class="reactions">
      {reactions.map((reaction) => (
        <Chip key={reaction.emoji} messageId={message_id} reaction={reaction} />
      ))}
    </div>
  )
}
