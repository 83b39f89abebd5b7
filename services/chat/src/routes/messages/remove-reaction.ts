import { reactions } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { removeReactionFrom } from '../../reactions/react.ts'

type Needed = Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events'>

export const removeReaction = route(
  reactions.remove,
  (context: Needed) =>
    ({ params: { message_id: messageId, emoji }, caller: { userId } }) =>
      removeReactionFrom(context, { messageId, userId, emoji }),
)
