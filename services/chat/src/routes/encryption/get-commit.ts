import { commits } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { assertMember } from '../../assert-member.ts'
import type { Context } from '../../context.ts'
import { commitNotFound } from '../../errors.ts'
import { findCommit } from '../../stores/group-commits.ts'

export const getCommit = route(
  commits.get,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ params: { conversation_id: conversationId, commit_id: commitId }, caller: session }) => {
      const { visible_from: fromSeq } = await assertMember(sql, { conversationId, userId: session.userId })
      const commit = await findCommit(sql, { conversationId, commitId, fromSeq, session })
      if (!commit) throw commitNotFound()
      return { ...commit, created_at: commit.created_at.toISOString() }
    },
)
