import { devices } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { deviceNotFound } from '../../errors.ts'
import { removeDevice as remove } from '../../keys/remove-device.ts'

export const removeDevice = route(
  devices.remove,
  ({ sql, kv, events }: Pick<Context, 'sql' | 'kv' | 'events'>) =>
    async ({ params: { device_id: deviceId }, caller: { userId } }) => {
      const isRemoved = await sql.transaction((tx) => remove(tx, { userId, deviceId }, kv))
      if (!isRemoved) throw deviceNotFound()
      events.deviceRemoved({ userId, deviceId })
      return { message: 'This device takes part no more; end its sign-in too if it is lost.' }
    },
)
