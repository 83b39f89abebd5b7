import { commits } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { commitGroup } from '../group-commits/commit-group.ts'
import { likeOperation, request } from './request.ts'

/** What is asked about the keys of encrypted conversations. */
export function createCommitRequests(context: Context) {
  return {
    'group.commit': request(
      'group.commit',
      likeOperation(context, commits.create, async ({ frame, caller: session }) => {
        const { type: _type, id: _id, conversation_id: conversationId, ...commit } = frame
        return commitGroup(context, { session, conversationId, commit })
      }),
    ),
  }
}
