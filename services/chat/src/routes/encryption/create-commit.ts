import { commits } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { commitGroup } from '../../group-commits/commit-group.ts'

export const createCommit = route(
  commits.create,
  (context: Pick<Context, 'sql' | 'fanOut' | 'events'>) =>
    ({ params: { conversation_id: conversationId }, body: commit, caller: session }) =>
      commitGroup(context, { session, conversationId, commit }),
)
