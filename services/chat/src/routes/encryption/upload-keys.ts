import { keys } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { saveKeys } from '../../keys/save-keys.ts'

export const uploadKeys = route(
  keys.upload,
  (context: Pick<Context, 'sql' | 'kv'>) =>
    async ({ body, caller: { userId, sessionId } }) => {
      const count = await saveKeys(context, {
        session: { userId, sessionId },
        upload: body,
        isRotation: false,
      })

      return count
    },
)
