import { createCallEvents } from './call-events.ts'
import { createCompositeEvents } from './composite-events.ts'
import { createMediaEvents } from './media-events.ts'
import type { Observers } from './observers.ts'
import { createRecordingEvents } from './recording-events.ts'

/** What happens in calls, each told once: log line, counter and audit record together. */
export type Events = ReturnType<typeof createEvents>

export function createEvents(observers: Observers) {
  return {
    ...createCallEvents(observers),
    ...createMediaEvents(observers),
    ...createRecordingEvents(observers),
    ...createCompositeEvents(observers),
  }
}
