import { admin } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { userNotFound } from '../../errors.ts'
import { liftBan } from '../../stores/managed-users.ts'

export const unbanUser = route(
  admin.unbanUser,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ body: { user_id: userId } }) => {
      if (!(await liftBan(sql, userId))) throw userNotFound()
      events.userUnbanned({ targetId: userId })
      return { user_id: userId, ban: null }
    },
)
