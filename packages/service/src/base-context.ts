import { createLogger, flushLogger, type Logger, type LoggerOptions } from '@secureconnect/logging'
import { createMetrics, type Metrics } from '@secureconnect/metrics'
import type { ServiceName } from '@secureconnect/protocol'
import { createTracing, type Tracing } from '@secureconnect/tracing'
import { LoadShedder } from './load-shedding.ts'
import type { BaseConfig } from './service-settings.ts'
import { version } from './version.ts'

/** What every service has before it opens any store. */
export type BaseContext = AsyncDisposable & {
  service: ServiceName
  config: BaseConfig
  log: Logger
  metrics: Metrics
  tracing: Tracing
  load: LoadShedder
}

/** Creates the log, metrics and tracing of a service; disposing of them comes last, so that the end is still told. */
export function createBaseContext<C extends BaseConfig>(
  service: ServiceName,
  config: C,
  logStream?: LoggerOptions['stream'],
): BaseContext & { config: C } {
  const { revision, logLevel, otelExporterOtlpEndpoint, shedLoad } = config
  const log = createLogger({ service, revision, level: logLevel, ...(logStream && { stream: logStream }) })
  const metrics = createMetrics({ service, version, revision })
  const load = new LoadShedder({ metrics, isOn: shedLoad })
  const tracing = createTracing({ service, log, otlpEndpoint: otelExporterOtlpEndpoint })
  return {
    service,
    config,
    log,
    metrics,
    tracing,
    load,
    async [Symbol.asyncDispose]() {
      load.close()
      await tracing.close()
      await flushLogger(log)
    },
  }
}
