import { limits } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'
import { limitReached } from '../errors.ts'
import { listReceiptRows, listReceiptsApart } from '../stores/receipts.ts'
import type { Viewer } from '../stores/views.ts'
import { getReadPointer } from './get-read-pointer.ts'

const most = limits.smallConversationMembers

/** How far the others of a small conversation have come, as far as they show it to one of its members. */
export async function listReceiptsFor(sql: Queries, viewer: Viewer) {
  const { member_count } = await getReadPointer(sql, viewer)
  if (member_count > most) throw limitReached(`people of a conversation whose receipts are kept: ${most}`)
  const apart = new Set(await listReceiptsApart(sql, viewer))
  const rows = await listReceiptRows(sql, viewer.conversationId)
  return rows.filter(({ user_id }) => user_id !== viewer.userId && !apart.has(user_id))
}
