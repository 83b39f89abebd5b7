import type { TestContext } from 'node:test'
import { createAudit } from '@secureconnect/audit'
import { parseConfig } from '@secureconnect/config'
import { AppError } from '@secureconnect/errors'
import { createLocalKv } from '@secureconnect/kv'
import { captureLog } from '@secureconnect/logging/testing'
import { createBaseContext } from '../src/base-context.ts'
import { buildService, type ServiceOptions } from '../src/build-service.ts'
import { startService } from '../src/run.ts'
import type { ServiceContext } from '../src/service-context.ts'
import { serviceSettings } from '../src/service-settings.ts'

type TestOptions = ServiceOptions<ServiceContext> &
  Partial<Pick<ServiceContext, 'authenticate' | 'dependencies' | 'takeTicket' | 'revocations'>>

async function refuseTickets(): Promise<never> {
  throw new AppError('UNAUTHORIZED', 'There are no tickets here.')
}
const nothingEnds = { isRevoked: () => false, onRevoked: () => undefined }

/** A service of the test's own on a free port, with what it logs; it has no operations in the table. */
export async function startTestService(
  t: TestContext,
  { authenticate, dependencies, takeTicket = refuseTickets, revocations = nothingEnds, ...options }: TestOptions,
) {
  const { stream, lines, line } = captureLog()
  const config = parseConfig(serviceSettings('api-gateway'), {
    env: { PORT: '0', DRAIN_SECONDS: '0', SHED_LOAD: 'false' },
  })
  const base = createBaseContext('api-gateway', config, stream)
  const { log, metrics } = base
  const context: ServiceContext = {
    ...base,
    kv: createLocalKv(),
    audit: createAudit({ service: 'api-gateway', log, metrics }),
    dependencies: dependencies ?? new Map(),
    ...(authenticate && { authenticate }),
    takeTicket,
    revocations,
  }
  const service = await buildService(context, options)
  const running = await startService(service)
  t.after(() => running.stop())
  return { ...running, service, context, lines, line }
}
