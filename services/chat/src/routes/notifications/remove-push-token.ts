import { push } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { removeToken } from '../../stores/push-tokens.ts'

export const removePushToken = route(
  push.remove,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ body: { token }, caller: { userId } }) => {
      await removeToken(sql, { userId, token })
      return { message: 'No more pushes go to this device.' }
    },
)
