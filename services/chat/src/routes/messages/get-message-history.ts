import { messages } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { findVisible } from '../../history/find-message.ts'

type Needed = Pick<Context, 'sql' | 'archive'>

export const getMessageHistory = route(messages.history, (context: Needed) => async ({ params, caller }) => {
  const message = await findVisible(context, { messageId: params.message_id, userId: caller.userId })
  if (message.deletedAt !== null) return { versions: [] }
  const { content, facts, versions, editedAt, createdAt } = message
  const earlier = versions.map((version) => ({
    content: version.content,
    metadata: version.metadata,
    created_at: version.createdAt,
  }))
  const newest = { content, metadata: facts.metadata, created_at: (editedAt ?? createdAt).toISOString() }
  return { versions: [...earlier, newest] }
})
