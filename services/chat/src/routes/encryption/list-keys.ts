import { keys } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertReachable } from '../../keys/assert-reachable.ts'
import { toDeviceKeys } from '../../keys/to-device-keys.ts'
import { listDevices } from '../../stores/devices.ts'

export const listKeys = route(keys.list, ({ sql }: Pick<Context, 'sql'>) => async ({ params, caller: { userId } }) => {
  await assertReachable(sql, userId, [params.user_id])
  const devices = await listDevices(sql, params.user_id)
  return { devices: devices.filter(({ identity_key }) => identity_key !== null).map(toDeviceKeys) }
})
