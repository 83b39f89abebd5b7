import { polls } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { vote } from '../polls/vote.ts'
import { likeOperation, request } from './request.ts'

/** What is asked about polls. */
export function createPollRequests(context: Context) {
  return {
    'poll.vote': request(
      'poll.vote',
      likeOperation(context, polls.vote, async ({ frame: { poll_id, option_ids }, caller: { userId } }) =>
        vote(context, { pollId: poll_id, userId, optionIds: option_ids }),
      ),
    ),
  }
}
