import { type HealthRow, listHealth } from '@secureconnect/directory'
import { admin, type ServiceHealth, serviceNames, services } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'

/** A service is as well as the worst of its processes that run; old rows are of processes that were replaced. */
function judge(rows: readonly HealthRow[]): ServiceHealth['status'] {
  const current = rows.filter((row) => row.is_current)
  if (current.length === 0) return 'unknown'
  return current.every((row) => row.status === 'healthy') ? 'healthy' : 'degraded'
}

function toInstance({ instance, status, is_current: isCurrent, seen_at: seenAt, checks }: HealthRow) {
  return { instance, status: isCurrent ? status : ('unknown' as const), seen_at: seenAt.toISOString(), checks }
}

/** The gateway keeps no data and so tells nothing here: that the answer came through it shows how it is. */
const telling = serviceNames.filter((service) => services[service].hasSql)

export const getHealth = route(admin.getHealth, ({ sql }: Pick<Context, 'sql'>) => async () => {
  const rows = await listHealth(sql)
  return {
    services: telling.map((service) => {
      const own = rows.filter((row) => row.service === service)
      return { service, status: judge(own), instances: own.map(toInstance) }
    }),
  }
})
