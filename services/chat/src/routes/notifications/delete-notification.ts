import { notifications } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { notificationNotFound } from '../../errors.ts'
import { removeNotification } from '../../stores/notifications.ts'

export const deleteNotification = route(
  notifications.delete,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ params, caller: { userId } }) => {
      if (!(await removeNotification(sql, { userId, notificationId: params.notification_id })))
        throw notificationNotFound()
      return { message: 'It is gone.' }
    },
)
