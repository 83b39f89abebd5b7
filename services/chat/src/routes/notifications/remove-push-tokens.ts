import { push } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { removeTokens } from '../../stores/push-tokens.ts'

export const removePushTokens = route(push.removeAll, ({ sql }: Pick<Context, 'sql'>) => async ({ caller }) => {
  await removeTokens(sql, caller.userId)
  return { message: 'No more pushes go to any device.' }
})
