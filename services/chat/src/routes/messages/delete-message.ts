import { messages } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { deleteMessage as remove } from '../../log/delete-message.ts'

export const deleteMessage = route(
  messages.delete,
  (context: Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events' | 'readReactions'>) =>
    ({ params, caller: { userId } }) =>
      remove(context, { messageId: params.message_id, userId }),
)
