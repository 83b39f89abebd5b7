import { push } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { toPushToken } from '../../push/to-push-token.ts'
import { listTokens } from '../../stores/push-tokens.ts'

export const listPushTokens = route(
  push.list,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ caller: { userId, sessionId } }) => {
      const rows = await listTokens(sql, [userId])
      return { tokens: rows.map((row) => toPushToken(row, sessionId)) }
    },
)
