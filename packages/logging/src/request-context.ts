import { AsyncLocalStorage } from 'node:async_hooks'

/** What is known of the request under way; every log line, audit record and outgoing call reads it from here. */
export type RequestContext = {
  requestId: string
  traceId: string
  spanId: string
  /** The span of whoever asked, where he has one. */
  parentSpanId?: string
  isSampled: boolean
  clientIp: string
  /** The operation's name, such as `auth.login`. */
  operation?: string
  userId?: string
  sessionId?: string
  /** When the answer is due, in milliseconds since the epoch. */
  deadlineAt?: number
  /** Aborts when the client has gone or the deadline has passed. */
  signal?: AbortSignal
}

const storage = new AsyncLocalStorage<RequestContext>()
const critical = new AsyncLocalStorage<true>()

/** Runs `work` with `context` as the request under way, through every await inside. */
export function withRequest<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work)
}

/** Runs `work` outside any request, and as nothing critical, for background jobs that a request happened to start. */
export function withoutRequest<T>(work: () => T): T {
  return storage.exit(() => critical.exit(work))
}

export function currentRequest(): RequestContext | undefined {
  return storage.getStore()
}

/** Runs `work`, through every await inside, as what goes before all else where not everything can be served. */
export function asCritical<T>(work: () => T): T {
  return critical.run(true, work)
}

export function isCritical(): boolean {
  return critical.getStore() ?? false
}
