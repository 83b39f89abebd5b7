import { once } from 'node:events'
import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace'
import type { Logger } from '@secureconnect/logging'
import type { FinishedSpan } from './finished-span.ts'

export type OtlpExporter = { send(span: FinishedSpan): void; close(): Promise<void> }

const maxWaitingSpans = 2_048
const spansPerRequest = 512
const sendEveryMs = 2_000
const timeoutMs = 2_000

const spanKinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const

/** Sends spans to an OTLP collector in batches. While the collector is away the queue stays bounded and spans are lost. */
export function createOtlpExporter(options: { service: string; otlpEndpoint: string; log: Logger }): OtlpExporter {
  const { service, otlpEndpoint, log } = options
  const resource = resourceFromAttributes({ 'service.name': service })
  const exporter = new OTLPTraceExporter({ url: `${otlpEndpoint}/v1/traces`, timeoutMillis: timeoutMs })
  const processor = new BatchSpanProcessor({
    exporter: tellOutages(exporter, log),
    maxQueueSize: maxWaitingSpans,
    maxExportBatchSize: spansPerRequest,
    scheduledDelayMillis: sendEveryMs,
    exportTimeoutMillis: timeoutMs,
  })
  let closing: Promise<void> | undefined
  return {
    send: (span) => processor.onEnd(toReadableSpan(span, resource)),
    close: () => {
      closing ??= flush(processor, log)
      return closing
    },
  }
}

/** The last spans get a fair chance; a collector that is away does not hold up the end of the process. */
async function flush(processor: BatchSpanProcessor, log: Logger): Promise<void> {
  const flushed = processor.shutdown().catch((error: unknown) => log.debug({ error }, 'last spans were lost'))
  await Promise.race([flushed, once(AbortSignal.timeout(timeoutMs), 'abort')])
}

/** Logs once when the collector stops taking spans and once when it takes them again. */
function tellOutages(exporter: SpanExporter, log: Logger): SpanExporter {
  let isAway = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const hasFailed = result.error !== undefined
        if (hasFailed && !isAway) log.warn({ error: result.error, dependency: 'otlp' }, 'the trace collector is away')
        if (!hasFailed && isAway) log.info({ dependency: 'otlp' }, 'the trace collector is back')
        isAway = hasFailed
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
}

function toReadableSpan(span: FinishedSpan, resource: ReadableSpan['resource']): ReadableSpan {
  const { name, kind, ids, startedAtMs, endedAtMs, attributes, error } = span
  const { traceId, spanId, parentSpanId } = ids
  // A span of an unsampled trace gets here only because it failed; the queue takes nothing that is not marked.
  const traceFlags = TraceFlags.SAMPLED
  return {
    name,
    kind: spanKinds[kind],
    spanContext: () => ({ traceId, spanId, traceFlags }),
    ...(parentSpanId !== undefined && {
      parentSpanContext: { traceId, spanId: parentSpanId, traceFlags, isRemote: kind === 'server' },
    }),
    startTime: toHrTime(startedAtMs),
    endTime: toHrTime(endedAtMs),
    duration: toHrTime(endedAtMs - startedAtMs),
    status: error === undefined ? { code: SpanStatusCode.UNSET } : describeFailure(error),
    attributes: { ...attributes, ...(error !== undefined && { 'error.type': nameError(error) }) },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'secureconnect' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

function toHrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000)
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)]
}

function describeFailure(error: unknown): ReadableSpan['status'] {
  return { code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) }
}

function nameError(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
