import { listHealth } from '@secureconnect/directory'
import { admin, type ServiceHealth, serviceNames, services } from '@secureconnect/protocol'
import { listHealthNotes, route } from '@secureconnect/service'
import type { Context } from '../../context.ts'

type Instance = ServiceHealth['instances'][number]

/** A service is as well as the worst of its processes that run; old rows are of processes that were replaced. */
function judge(instances: readonly Instance[]): ServiceHealth['status'] {
  const current = instances.filter(({ status }) => status !== 'unknown')
  if (current.length === 0) return 'unknown'
  return current.every(({ status }) => status === 'healthy') ? 'healthy' : 'degraded'
}

export const getHealth = route(admin.getHealth, ({ sql, kv }: Pick<Context, 'sql' | 'kv'>) => async () => {
  const rows = await listHealth(sql)
  const list = async (service: (typeof serviceNames)[number]): Promise<Instance[]> => {
    // What has no database leaves a note in Redis instead of a row.
    if (!services[service].hasSql) return await listHealthNotes(kv, service)
    return rows
      .filter((row) => row.service === service)
      .map(({ instance, status, is_current: isCurrent, seen_at, checks }) => ({
        instance,
        status: isCurrent ? status : 'unknown',
        seen_at: seen_at.toISOString(),
        checks,
      }))
  }
  const told = serviceNames.map(async (service) => {
    const instances = await list(service)
    return { service, status: judge(instances), instances }
  })
  return { services: await Promise.all(told) }
})
