import { notifications } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { notificationNotFound } from '../../errors.ts'
import { markRead } from '../../stores/notifications.ts'

export const readNotification = route(
  notifications.read,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ params, caller: { userId } }) => {
      if (!(await markRead(sql, { userId, notificationId: params.notification_id }))) throw notificationNotFound()
      return { message: 'It counts as read.' }
    },
)
