import { messages } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { editMessage as edit } from '../../log/edit-message.ts'

export const editMessage = route(
  messages.edit,
  (context: Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events' | 'readReactions'>) =>
    ({ params, body, caller: { userId } }) =>
      edit(context, { messageId: params.message_id, userId, edit: body }),
)
