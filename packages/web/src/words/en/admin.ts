/** The words of administration. */
export const admin = {
  title: 'Administration',
  refused: 'These pages are for administrators.',
  health: {
    title: 'Health',
    statuses: { healthy: 'healthy', degraded: 'degraded', unknown: 'unknown' },
    checks: { up: 'up', down: 'down', unknown: 'unknown' },
    seen: (time: string) => `told of itself ${time}`,
    required: 'required',
    optional: 'optional',
    latency: (ms: number) => `${Math.round(ms)} ms`,
  },
}
