import { notifications } from '@secureconnect/protocol'
import { route, validationError } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { isTimeZone } from '../../push/quiet-hours.ts'
import { loadPreferences, savePreferences } from '../../stores/preferences.ts'

export const updateNotificationPreferences = route(
  notifications.setPreferences,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ body, caller: { userId } }) => {
      if (body.quiet_hours && !isTimeZone(body.quiet_hours.time_zone))
        throw validationError([
          { field: 'quiet_hours/time_zone', message: 'must be a time zone such as Europe/Berlin' },
        ])
      await savePreferences(sql, userId, body)
      return loadPreferences(sql, userId)
    },
)
