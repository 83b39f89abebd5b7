import { reactions } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { addReactionTo } from '../../reactions/react.ts'

type Needed = Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events'>

export const addReaction = route(
  reactions.add,
  (context: Needed) =>
    ({ params: { message_id: messageId, emoji }, caller: { userId } }) =>
      addReactionTo(context, { messageId, userId, emoji }),
)
