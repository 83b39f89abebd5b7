import { randomFillSync } from 'node:crypto'

/** What a `traceparent` header tells of the caller. */
export type TraceParent = { traceId: string; spanId: string; isSampled: boolean }

/** Where a request stands in its trace. */
export type TraceIds = TraceParent & {
  /** The caller's span; a trace that starts here has none. */
  parentSpanId?: string
}

const sampledShare = 0.1
const sampledFlag = 1

const version0 = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/
/** A later version may carry more after what we know of it. */
const laterVersion = /^(?!00|ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/

/** Reads a W3C `traceparent`; a header that is not exactly one starts a new trace. */
export function parseTraceparent(header: string): TraceParent | undefined {
  const [, traceId, spanId, flags] = version0.exec(header) ?? laterVersion.exec(header) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & sampledFlag) === sampledFlag }
}

/** Writes the `traceparent` that makes whoever receives it a child of `spanId`. */
export function formatTraceparent({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
}

/** Ids of a new span: a child of `parent`, or the first of a trace. Whoever starts a trace decides on its sampling. */
export function createTraceIds(parent?: TraceParent): TraceIds {
  const spanId = randomHex(8)
  if (parent) return { traceId: parent.traceId, spanId, isSampled: parent.isSampled, parentSpanId: parent.spanId }
  const traceId = randomHex(16)
  return { traceId, spanId, isSampled: isInSampledShare(traceId) }
}

function isInSampledShare(traceId: string): boolean {
  return Number.parseInt(traceId.slice(-8), 16) < sampledShare * 2 ** 32
}

/** Random bytes are drawn by the page: asking for each id alone would cost ten times as much. */
const randomPage = Buffer.alloc(4_096)
let usedBytes = randomPage.length

function randomHex(bytes: number): string {
  if (usedBytes + bytes > randomPage.length) {
    randomFillSync(randomPage)
    usedBytes = 0
  }
  usedBytes += bytes
  return randomPage.toString('hex', usedBytes - bytes, usedBytes)
}
