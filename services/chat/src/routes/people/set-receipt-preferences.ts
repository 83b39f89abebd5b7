import { receipts } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { saveShowsReceipts } from '../../stores/receipts.ts'

export const setReceiptPreferences = route(
  receipts.setPreferences,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ body, caller: { userId } }) => {
      await saveShowsReceipts(sql, userId, body.show_receipts)
      return body
    },
)
