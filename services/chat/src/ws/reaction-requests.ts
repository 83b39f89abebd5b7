import { reactions } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { addReactionTo, removeReactionFrom } from '../reactions/react.ts'
import { likeOperation, request } from './request.ts'

/** What is asked about reactions. */
export function createReactionRequests(context: Context) {
  return {
    'reaction.add': request(
      'reaction.add',
      likeOperation(context, reactions.add, async ({ frame: { message_id, emoji }, caller: { userId } }) =>
        addReactionTo(context, { messageId: message_id, userId, emoji }),
      ),
    ),
    'reaction.remove': request(
      'reaction.remove',
      likeOperation(context, reactions.remove, async ({ frame: { message_id, emoji }, caller: { userId } }) =>
        removeReactionFrom(context, { messageId: message_id, userId, emoji }),
      ),
    ),
  }
}
