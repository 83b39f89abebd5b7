import type { ServiceName } from '@secureconnect/protocol'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { families } from './families/index.ts'
import type { Family } from './family.ts'

type Instrument<F> =
  F extends Family<'counter', infer Label>
    ? Counter<Label>
    : F extends Family<'gauge', infer Label>
      ? Gauge<Label>
      : F extends Family<'histogram', infer Label>
        ? Histogram<Label>
        : never

/** The instruments of one service, one property per family. */
export type Metrics = { readonly [K in keyof typeof families]: Instrument<(typeof families)[K]> } & {
  readonly registry: Registry
}

export type MetricsOptions = {
  service: ServiceName
  version: string
  revision: string
}

function createInstrument(family: Family, registry: Registry): Counter | Gauge | Histogram {
  const { name, help, labels, zeros } = family
  const options = { name, help, labelNames: labels, registers: [registry] }
  if (family.kind === 'histogram') return new Histogram({ ...options, buckets: [...(family.buckets ?? [])] })
  const instrument = family.kind === 'counter' ? new Counter(options) : new Gauge(options)
  for (const labelSet of zeros) instrument.inc(labelSet, 0)
  return instrument
}

/** How busy the event loop was since the last scrape; prom-client's own metrics leave it out. */
function collectEventLoopUtilization(registry: Registry): void {
  let before = performance.eventLoopUtilization()
  new Gauge({
    name: 'nodejs_eventloop_utilization_ratio',
    help: 'Share of time in which the event loop was busy since the last scrape',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization()
      this.set(performance.eventLoopUtilization(now, before).utilization)
      before = now
    },
  })
}

/**
 * Creates a service's metrics. An instrument of a family that belongs to other services works, and is not exported,
 * so that shared packages need not ask where they run.
 */
export function createMetrics({ service, version, revision }: MetricsOptions): Metrics {
  const registry = new Registry()
  const unexported = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  collectEventLoopUtilization(registry)
  const entries = Object.entries(families).map(([key, family]: [string, Family]) => [
    key,
    createInstrument(family, family.services.includes(service) ? registry : unexported),
  ])
  const metrics: Metrics = { registry, ...Object.fromEntries(entries) }
  metrics.buildInfo.set({ version, revision }, 1)
  return metrics
}
