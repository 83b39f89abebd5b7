import { keys } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { saveKeys } from '../../keys/save-keys.ts'

export const rotateKeys = route(
  keys.rotate,
  (context: Pick<Context, 'sql' | 'kv' | 'events'>) =>
    async ({ body, caller: { userId, sessionId } }) => {
      const count = await saveKeys(context, {
        session: { userId, sessionId },
        upload: body,
        isRotation: true,
      })
      context.events.keysRotated({ userId, deviceId: count.device_id })
      return count
    },
)
