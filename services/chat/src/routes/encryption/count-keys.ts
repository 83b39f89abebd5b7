import { keys } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { getDeviceOf } from '../../keys/device-of.ts'
import { countKeysOf } from '../../keys/save-keys.ts'

export const countKeys = route(
  keys.count,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ caller }) =>
      countKeysOf(sql, await getDeviceOf(sql, caller)),
)
