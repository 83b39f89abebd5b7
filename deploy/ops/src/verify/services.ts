import { services as known, type ServiceName, serviceNames } from '@secureconnect/protocol'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Finding, failed, ok } from '../checks/finding.ts'
import { findAddresses } from '../docker/find-addresses.ts'
import { showLogs } from '../docker/show-logs.ts'
import { ask } from './ask.ts'
import type { VerifyCheck } from './verify-check.ts'

const Health = Compile(
  Type.Object({
    status: Type.String(),
    revision: Type.String(),
    checks: Type.Record(Type.String(), Type.Object({ status: Type.String(), error: Type.Optional(Type.String()) })),
  }),
)

type Expected = { address: string; revision: string | undefined }

async function judge(service: ServiceName, { address, revision }: Expected): Promise<Finding> {
  const at = (path: string) => `${address}${path}`
  const fix = showLogs(service)
  const [health, ready, metrics] = await Promise.all([ask(at('/health')), ask(at('/ready')), ask(at('/metrics'))])
  if (health.status !== 200) return failed(service, `/health answers ${health.status}`, fix)
  const told = Health.Parse(JSON.parse(health.text))
  const down = Object.entries(told.checks).flatMap(([name, { status, error }]) =>
    status === 'up' ? [] : [`${name} is ${status}${error ? `: ${error}` : ''}`],
  )
  if (down.length > 0) return failed(service, down.join('; '), fix)
  if (ready.status !== 200) return failed(service, `is not ready: ${ready.text.slice(0, 200)}`, fix)
  if (!metrics.text.includes('build_info{')) return failed(service, '/metrics lacks build_info', fix)
  if (revision && told.revision !== revision)
    return failed(service, `runs revision ${told.revision}, not ${revision} of .env`, './ops up')
  return ok(service, `healthy, ready, ${Object.keys(told.checks).length} dependencies up, revision ${told.revision}`)
}

export const services: VerifyCheck = {
  name: 'services',
  run: async ({ root, settings }) => {
    const revision = settings.get('REVISION')
    const judgeAll = async (service: ServiceName) => {
      const addresses = await findAddresses(root, { service, port: known[service].port })
      const judged = await Promise.allSettled(addresses.map((address) => judge(service, { address, revision })))
      return judged.map((result) =>
        result.status === 'fulfilled' ? result.value : failed(service, String(result.reason?.message), './ops status'),
      )
    }
    return (await Promise.all(serviceNames.map(judgeAll))).flat()
  },
}
