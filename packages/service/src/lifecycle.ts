/** Where a service stands between its start and its end. */
export type Phase = 'starting' | 'serving' | 'draining' | 'closed'

/** The phase of one service, shared by its readiness answer, its sockets and its end. */
export type Lifecycle = { phase: Phase; readonly startedAt: number }

export function createLifecycle(): Lifecycle {
  return { phase: 'starting', startedAt: Date.now() }
}
