import { notifications } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { markAllRead } from '../../stores/notifications.ts'

export const readAllNotifications = route(
  notifications.readAll,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ caller }) => {
      await markAllRead(sql, caller.userId)
      return { message: 'They all count as read.' }
    },
)
