import { polls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { deletePoll as remove } from '../../polls/end-poll.ts'

export const deletePoll = route(
  polls.delete,
  (context: Pick<Context, 'sql' | 'inTurn' | 'fanOut' | 'events'>) =>
    async ({ params: { poll_id: pollId }, caller: { userId } }) => {
      await remove(context, { pollId, userId })
      return { message: 'It is deleted.' }
    },
)
