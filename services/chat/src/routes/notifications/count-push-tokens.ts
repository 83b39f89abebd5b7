import { push } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { listTokens } from '../../stores/push-tokens.ts'

export const countPushTokens = route(push.count, ({ sql }: Pick<Context, 'sql'>) => async ({ caller }) => ({
  active_tokens_count: (await listTokens(sql, [caller.userId])).length,
}))
