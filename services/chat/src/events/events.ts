import { createConversationEvents } from './conversation-events.ts'
import { createKeyEvents } from './key-events.ts'
import { createMessageEvents } from './message-events.ts'
import { createModerationEvents } from './moderation-events.ts'
import type { Observers } from './observers.ts'
import { createPollEvents } from './poll-events.ts'

/** What happens in conversations, each told once: log line, counter and audit record together. */
export type Events = ReturnType<typeof createEvents>

export function createEvents(observers: Observers) {
  return {
    ...createConversationEvents(observers),
    ...createKeyEvents(observers),
    ...createMessageEvents(observers),
    ...createPollEvents(observers),
    ...createModerationEvents(observers),
  }
}
