import type { Metrics } from '@secureconnect/metrics'
import type { Check, Health, Readiness, ServiceName, Version } from '@secureconnect/protocol'
import type { Probe } from '@secureconnect/resilience'
import type { FastifyInstance } from 'fastify'
import type { Lifecycle } from './lifecycle.ts'
import { version } from './version.ts'

/** A dependency that is looked after in the background; without a required one the service is not ready. */
export type Dependency = { probe: Probe; required: boolean }

type Options = {
  service: ServiceName
  revision: string
  lifecycle: Lifecycle
  dependencies: ReadonlyMap<string, Dependency>
}

function toCheck({ probe, required }: Dependency): Check {
  const { status, latencyMs, error } = probe.state
  return {
    status,
    required,
    ...(latencyMs !== undefined && { latency_ms: Math.round(latencyMs * 10) / 10 }),
    ...(error !== undefined && { error }),
  }
}

export function describeHealth({ service, revision, lifecycle, dependencies }: Options): Health {
  const checks = Object.fromEntries([...dependencies].map(([name, dependency]) => [name, toCheck(dependency)]))
  const isDegraded = Object.values(checks).some((check) => check.status === 'down')
  const now = new Date().toISOString()
  return {
    status: isDegraded ? 'degraded' : 'healthy',
    service,
    version,
    revision,
    uptime_seconds: Math.round((Date.now() - lifecycle.startedAt) / 1_000),
    time: now,
    timestamp: now,
    checks,
  }
}

export function describeReadiness({ service, lifecycle, dependencies }: Options): Readiness {
  const missing = [...dependencies].filter(([, { probe, required }]) => required && probe.state.status !== 'up')
  const reasons = missing.map(
    ([name, { probe }]) => `${name} is ${probe.state.status}${probe.state.error ? `: ${probe.state.error}` : ''}`,
  )
  if (lifecycle.phase !== 'serving') reasons.unshift(`the service is ${lifecycle.phase}`)
  return { ready: reasons.length === 0, service, reasons }
}

/** Mounts what operators and balancers ask. None of it waits for a dependency: states come from background probes. */
export function registerHealth(app: FastifyInstance, options: Options, metrics: Metrics['registry']): void {
  const { service, revision } = options
  const versionAnswer: Version = { service, version, revision, node: process.version }
  app.get('/health', async () => describeHealth(options))
  app.get('/ready', async (_request, reply) => {
    const readiness = describeReadiness(options)
    if (!readiness.ready) reply.code(503).header('retry-after', '1')
    return readiness
  })
  app.get('/version', async () => versionAnswer)
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
}
