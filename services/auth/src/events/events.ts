import { createAdminEvents } from './admin-events.ts'
import type { Observers } from './observers.ts'
import { createOwnAccountEvents } from './own-account-events.ts'
import { createPeopleEvents } from './people-events.ts'
import { createProtectionEvents } from './protection-events.ts'
import { createRecoveryEvents } from './recovery-events.ts'
import { createSignInEvents } from './sign-in-events.ts'

/** What happens in accounts, each told once: log line, counter and audit record together. */
export type Events = ReturnType<typeof createEvents>

export function createEvents(observers: Observers) {
  return {
    ...createAdminEvents(observers),
    ...createOwnAccountEvents(observers),
    ...createPeopleEvents(observers),
    ...createProtectionEvents(observers),
    ...createRecoveryEvents(observers),
    ...createSignInEvents(observers),
  }
}
