import { notifications } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { loadPreferences } from '../../stores/preferences.ts'

export const getNotificationPreferences = route(
  notifications.getPreferences,
  ({ sql }: Pick<Context, 'sql'>) =>
    ({ caller }) =>
      loadPreferences(sql, caller.userId),
)
