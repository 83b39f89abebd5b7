import { polls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { getPoll as get } from '../../polls/find-poll.ts'

export const getPoll = route(
  polls.get,
  ({ sql }: Pick<Context, 'sql'>) =>
    ({ params: { poll_id: pollId }, caller: { userId } }) =>
      get(sql, { pollId, userId }),
)
