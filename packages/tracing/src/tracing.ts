import { currentRequest, type Logger, withoutRequest } from '@secureconnect/logging'
import type { FinishedSpan, SpanAttributes } from './finished-span.ts'
import type { OtlpExporter } from './otlp-exporter.ts'
import { createTraceIds, type TraceIds, type TraceParent } from './trace-context.ts'

/** Work under way. Its ids are what `formatTraceparent` needs to make the called side its child. */
export type Span = Readonly<TraceParent> & {
  /** Ends the span; with an error it is kept even when its trace is not sampled. */
  end(outcome?: { attributes?: SpanAttributes; error?: unknown }): void
}

export type Tracing = {
  /** Starts the span of a request that we answer, with the ids it was given when it came in. */
  startRequestSpan(name: string, ids: TraceIds, attributes: SpanAttributes): Span
  /** Starts the span of a call that we make, as a child of the request under way. */
  startSpan(name: string, attributes: SpanAttributes): Span
  /** Records `work` as a call that we make; it failed when it throws. */
  inSpan<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>
  /** Sends what is still waiting, for two seconds at most. */
  close(): Promise<void>
}

export type TracingOptions = {
  service: string
  /** Base address of an OTLP collector; without one nothing is recorded. */
  otlpEndpoint?: string | undefined
  log: Logger
}

/**
 * Creates a service's own tracing. Only spans that will be sent cost more than two clock readings: those of sampled
 * traces, and every one that failed.
 */
export function createTracing({ service, otlpEndpoint, log }: TracingOptions): Tracing {
  if (otlpEndpoint === undefined) return silentTracing
  const exporter = loadExporter({ service, otlpEndpoint, log })

  function send(span: FinishedSpan): void {
    // What happens in the exporter belongs to no request, though a request's span may set it off.
    withoutRequest(() => void exporter.then((ready) => ready?.send(span)))
  }

  function begin(kind: FinishedSpan['kind'], name: string, ids: TraceIds, attributes: SpanAttributes): Span {
    const startedAtMs = readClock()
    let isEnded = false
    return {
      ...ids,
      end({ attributes: results, error } = {}) {
        if (isEnded) return
        isEnded = true
        if (!ids.isSampled && error === undefined) return
        const endedAtMs = readClock()
        send({ kind, name, ids, startedAtMs, endedAtMs, attributes: { ...attributes, ...results }, error })
      },
    }
  }

  const startSpan: Tracing['startSpan'] = (name, attributes) =>
    begin('client', name, createChildIds(currentRequest()), attributes)

  return {
    startRequestSpan: (name, ids, attributes) => begin('server', name, ids, attributes),
    startSpan,
    inSpan: (name, attributes, work) => runInSpan(startSpan(name, attributes), work),
    close: async () => (await exporter)?.close(),
  }
}

/** Work outside any request belongs to no trace; it is kept, as a trace of its own, only when it fails. */
function createChildIds(request: TraceParent | undefined): TraceIds {
  return request ? createTraceIds(request) : { ...createTraceIds(), isSampled: false }
}

async function runInSpan<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work()
    span.end()
    return result
  } catch (error) {
    span.end({ error: error ?? 'unknown' })
    throw error
  }
}

function readClock(): number {
  return performance.timeOrigin + performance.now()
}

/** The SDK takes 45 MB and 130 ms to load: only who sends spans pays for that. */
async function loadExporter(options: {
  service: string
  otlpEndpoint: string
  log: Logger
}): Promise<OtlpExporter | undefined> {
  try {
    const { createOtlpExporter } = await import('./otlp-exporter.ts')
    return createOtlpExporter(options)
  } catch (error) {
    options.log.error({ error }, 'tracing is off: its exporter could not be loaded')
    return undefined
  }
}

function keepIds({ traceId, spanId, isSampled }: TraceParent): Span {
  return { traceId, spanId, isSampled, end: () => undefined }
}

const silentTracing: Tracing = {
  startRequestSpan: (_name, ids) => keepIds(ids),
  startSpan: () => keepIds(currentRequest() ?? createTraceIds()),
  inSpan: (_name, _attributes, work) => work(),
  close: async () => undefined,
}
