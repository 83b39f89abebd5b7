import { receipts } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { findVisible } from '../../history/find-message.ts'
import { listReceiptsFor } from '../../receipts/list-receipts.ts'

export const listMessageReceipts = route(
  receipts.listOfMessage,
  (context: Pick<Context, 'sql' | 'archive'>) =>
    async ({ params, caller: { userId } }) => {
      const message = await findVisible(context, { messageId: params.message_id, userId })
      const { conversationId, seq, createdAt, senderId } = message
      const rows = await listReceiptsFor(context.sql, { conversationId, userId })
      // Who came later stands further on, and has not read it for that.
      const meant = rows.filter(({ user_id, visible_from, joined_at }) => {
        return user_id !== senderId && visible_from <= seq && joined_at <= createdAt
      })
      const list = (reached: 'delivered_seq' | 'read_seq') =>
        meant.filter((row) => row[reached] >= seq).map(({ user_id }) => user_id)
      return { delivered_to: list('delivered_seq'), read_by: list('read_seq') }
    },
)
