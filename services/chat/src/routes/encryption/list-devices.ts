import { devices } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { toDevice } from '../../keys/register-device.ts'
import { listDevices as list } from '../../stores/devices.ts'

export const listDevices = route(
  devices.list,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ caller: { userId, sessionId } }) => ({
      devices: (await list(sql, userId)).map((row) => toDevice(row, sessionId)),
    }),
)
