import { notifications } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { countUnread } from '../../stores/notifications.ts'

export const countNotifications = route(notifications.count, ({ sql }: Pick<Context, 'sql'>) => async ({ caller }) => ({
  unread_count: await countUnread(sql, caller.userId),
}))
