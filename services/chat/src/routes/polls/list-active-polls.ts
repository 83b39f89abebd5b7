import { polls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { listPollsFor } from '../../polls/list-polls.ts'

export const listActivePolls = route(
  polls.listActive,
  (context: Pick<Context, 'sql' | 'readView'>) =>
    ({ query: { conversation_id: conversationId, cursor, limit }, caller: { userId } }) =>
      listPollsFor(context, { conversationId, userId, cursor, limit, openOnly: true }),
)
