export {
  createTraceIds,
  formatTraceparent,
  parseTraceparent,
  type TraceIds,
  type TraceParent,
} from './trace-context.ts'
export { createTracing, type Span, type SpanAttributes, type Tracing, type TracingOptions } from './tracing.ts'
export { tracingSettings } from './tracing-settings.ts'
