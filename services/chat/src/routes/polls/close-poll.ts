import { polls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { closePoll as close } from '../../polls/end-poll.ts'

export const closePoll = route(
  polls.close,
  (context: Pick<Context, 'sql' | 'inTurn' | 'fanOut' | 'events'>) =>
    ({ body: { poll_id: pollId }, caller: { userId } }) =>
      close(context, { pollId, userId }),
)
