import { commits } from '@secureconnect/protocol'
import { route, rowsForPage, toPage } from '@secureconnect/service'
import { assertMember } from '../../assert-member.ts'
import type { Context } from '../../context.ts'
import { listCommits as list } from '../../stores/group-commits.ts'

export const listCommits = route(
  commits.list,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ params, query: { after_epoch: afterEpoch = 0, limit }, caller: { userId } }) => {
      const { conversation_id: conversationId } = params
      const { visible_from: fromSeq } = await assertMember(sql, { conversationId, userId })
      const found = await list(sql, { conversationId, afterEpoch, fromSeq, rows: rowsForPage(limit) })
      const { rows, has_more } = toPage(found, limit, () => '')
      return { commits: rows.map((row) => ({ ...row, created_at: row.created_at.toISOString() })), has_more }
    },
)
