export type { SpanAttributes } from './finished-span.ts'
export {
  createTraceIds,
  formatTraceparent,
  parseTraceparent,
  type TraceIds,
  type TraceParent,
} from './trace-context.ts'
export { createTracing, type Span, type Tracing, type TracingOptions } from './tracing.ts'
export { tracingSettings } from './tracing-settings.ts'
