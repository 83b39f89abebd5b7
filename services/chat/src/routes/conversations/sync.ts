import { AppError } from '@secureconnect/errors'
import { conversations, lifetimes, limits, Uuid } from '@secureconnect/protocol'
import { createCursor, route, rowsForPage } from '@secureconnect/service'
import { type Static, Type } from 'typebox'
import type { Context } from '../../context.ts'
import { toOwnConversations } from '../../conversations/own-conversations.ts'
import { type ChangedRow, listChanged, loadNowUs } from '../../stores/changed-conversations.ts'

/** Longer than any transaction takes: what wrote its time before an answer and was committed after it is seen next. */
const overlapUs = 10_000_000

const Microseconds = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** Since when changes are wanted, 0 for all there is; and between two pages, up to when, and after which one. */
const Round = Type.Object({
  since: Microseconds,
  until: Type.Optional(Microseconds),
  after: Type.Optional(Type.Object({ us: Microseconds, id: Uuid })),
})
const cursor = createCursor(Round)

function assertRecent({ since }: Static<typeof Round>, nowUs: number): void {
  if (since > 0 && since < nowUs - lifetimes.endedMembershipMs * 1_000)
    throw new AppError('INVALID_CURSOR', 'This cursor is too old: start without one.')
}

function toRemoved({ conversation_id, left_at }: ChangedRow) {
  return left_at ? [{ conversation_id, left_at: left_at.toISOString() }] : []
}

export const sync = route(
  conversations.sync,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ query: { since: text, limit = limits.pageItems.usual }, caller: { userId } }) => {
      const round = cursor.read(text) ?? { since: 0 }
      const now = await loadNowUs(sql)
      assertRecent(round, now)
      const { since, until = now, after } = round
      const found = await listChanged(sql, { userId, since, until, after, rows: rowsForPage(limit) })
      const rows = found.slice(0, limit)
      const last = rows.at(-1)
      const hasMore = found.length > limit && last !== undefined
      const next = hasMore
        ? { since, until, after: { us: last.changed_us, id: last.conversation_id } }
        : { since: Math.max(0, until - overlapUs) }
      const live = rows.filter(({ left_at }) => left_at === null)
      return {
        conversations: await toOwnConversations(sql, { rows: live, userId }),
        removed: rows.flatMap(toRemoved),
        next_cursor: cursor.write(next),
        has_more: hasMore,
      }
    },
)
