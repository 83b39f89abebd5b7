import { devices } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertWellFormed } from '../../conversations/assert-well-formed.ts'
import { registerDevice as register } from '../../keys/register-device.ts'

export const registerDevice = route(
  devices.register,
  ({ sql, fanOut, events }: Pick<Context, 'sql' | 'fanOut' | 'events'>) =>
    async ({ body: { device_id: deviceId, name }, caller: { userId, sessionId }, reply }) => {
      assertWellFormed({ name })
      const { device, isNew } = await sql.transaction((tx) =>
        register(tx, { userId, sessionId, deviceId, name }, fanOut),
      )
      if (isNew) events.deviceRegistered({ userId, deviceId: device.device_id })
      reply.code(isNew ? 201 : 200)
      return device
    },
)
