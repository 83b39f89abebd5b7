import type { TraceIds } from './trace-context.ts'

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** A span that has ended, as the exporter gets it. */
export type FinishedSpan = {
  name: string
  kind: 'server' | 'client'
  ids: TraceIds
  startedAtMs: number
  endedAtMs: number
  attributes: SpanAttributes
  error?: unknown
}
