import { listHealth } from '@secureconnect/directory'
import { admin } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { sumCounts } from '../../admin/sum-counts.ts'
import type { Context } from '../../context.ts'
import { countUsers } from '../../stores/managed-users.ts'

export const getStats = route(admin.getStats, ({ sql }: Pick<Context, 'sql'>) => async () => {
  const [{ live_sessions: live, ...users }, health] = await Promise.all([countUsers(sql), listHealth(sql)])
  return { users, sessions: { live }, services: sumCounts(health) }
})
