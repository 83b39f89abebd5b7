import { polls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { vote } from '../../polls/vote.ts'

export const voteInPoll = route(
  polls.vote,
  (context: Pick<Context, 'sql' | 'inTurn' | 'fanOut' | 'events'>) =>
    ({ body: { poll_id: pollId, option_ids: optionIds }, caller: { userId } }) =>
      vote(context, { pollId, userId, optionIds }),
)
