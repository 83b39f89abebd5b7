import { limits, type PushToken, push, type RegisterToken } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Static } from 'typebox'
import type { Context } from '../../context.ts'
import { toPushToken } from '../../push/to-push-token.ts'
import { dropExcessTokens, saveToken } from '../../stores/push-tokens.ts'

/** Where an app runs that does not say so. */
const usualPlatform: Readonly<Record<Static<typeof RegisterToken>['type'], PushToken['platform']>> = {
  fcm: 'android',
  apns: 'ios',
  web: 'web',
}

export const registerPushToken = route(
  push.register,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ body, caller: { userId, sessionId } }) => {
      const { token, type, platform = usualPlatform[type], device_id = null } = body
      const added = { token, type, platform, device_id, user_id: userId, session_id: sessionId }
      const row = await sql.transaction(async (tx) => {
        const saved = await saveToken(tx, added)
        await dropExcessTokens(tx, userId, limits.pushTokensPerUser)
        return saved
      })
      return toPushToken(row, sessionId)
    },
)
