import { createAdminEvents } from './admin-events.ts'
import type { Observers } from './observers.ts'
import { createSignInEvents } from './sign-in-events.ts'

/** What happens in accounts, each told once: log line, counter and audit record together. */
export type Events = ReturnType<typeof createEvents>

export function createEvents(observers: Observers) {
  return { ...createAdminEvents(observers), ...createSignInEvents(observers) }
}
