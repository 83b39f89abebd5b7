import { messages, type QueryOf } from '@secureconnect/protocol'
import { route, validationError } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { listMessages as listPage, type PagePlace, pageCursor } from '../../history/list-messages.ts'

const newest = { before: Number.MAX_SAFE_INTEGER }

function toPlace(query: QueryOf<typeof messages.list>): PagePlace {
  const { cursor, page_state, before_seq, after_seq, around_seq } = query
  const given = Object.entries({ cursor, page_state, before_seq, after_seq, around_seq })
  const [first, second] = given.filter(([, value]) => value !== undefined)
  if (first && second) throw validationError([{ field: second[0], message: `must not stand beside ${first[0]}` }])
  if (before_seq !== undefined) return { before: before_seq }
  if (after_seq !== undefined) return { after: after_seq }
  if (around_seq !== undefined) return { around: around_seq }
  return pageCursor.read(cursor ?? page_state) ?? newest
}

type Needed = Pick<Context, 'sql' | 'archive' | 'readView' | 'sharePage' | 'readReactions'>

export const listMessages = route(messages.list, (context: Needed) => async ({ query, caller }) => {
  const { conversation_id: conversationId, limit } = query
  const page = await listPage(context, { conversationId, userId: caller.userId, place: toPlace(query), limit })
  return { ...page, next_page_state: page.next_cursor }
})
