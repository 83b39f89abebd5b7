import { receipts } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { showsReceipts } from '../../stores/receipts.ts'

export const getReceiptPreferences = route(
  receipts.getPreferences,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ caller: { userId } }) => ({ show_receipts: await showsReceipts(sql, userId) }),
)
