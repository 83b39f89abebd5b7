import type { CallRow } from '../stores/calls.ts'

/** How many seconds people talked in a call; null where nobody answered it, or it goes on. */
export function lengthOf({ answered_at, ended_at }: Pick<CallRow, 'answered_at' | 'ended_at'>): number | null {
  return answered_at && ended_at ? Math.round((ended_at.getTime() - answered_at.getTime()) / 1_000) : null
}
