import { search } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { assertMember } from '../../assert-member.ts'
import type { Context } from '../../context.ts'
import { readHitCursor, searchMessages as searchPage } from '../../search/search-messages.ts'
import { loadScope } from '../../stores/search-scope.ts'

type Needed = Pick<Context, 'sql' | 'archive'>

const toDate = (text: string | undefined) => (text === undefined ? undefined : new Date(text))

export const searchMessages = route(search.searchMessages, (context: Needed) => async ({ query, caller }) => {
  const { sql } = context
  const { q: text, conversation_id: conversationId, sender_id: senderId, has_files: hasFiles, limit } = query
  const { userId } = caller
  if (conversationId !== undefined) await assertMember(sql, { conversationId, userId })
  const page = await searchPage(context, {
    text,
    userId,
    conversationId,
    senderId,
    hasFiles,
    from: toDate(query.from),
    to: toDate(query.to),
    before: readHitCursor(query.cursor),
    limit,
  })
  return { ...page, ...(await loadScope(sql, { userId, conversationId })) }
})
