import type { CompositeRow } from '../stores/composites.ts'

/** There is no room for making a composite now: others that are made, or recordings, have it. */
export class NoRoomNow extends Error {}

/** What fails for a reason that may go by is tried so often, in all for more than five hours. */
export const mostAttempts = 13
const waits = { firstMs: 5_000, mostMs: 3_600_000, forRoomMs: 300_000 }

/** When a composite that failed is tried again, and what that counts for; undefined where it was tried often enough. */
export function planNext(
  { attempts }: Pick<CompositeRow, 'attempts'>,
  error: unknown,
): { waitMs: number; attempts: number } | undefined {
  if (error instanceof NoRoomNow) return { waitMs: waits.forRoomMs, attempts: attempts - 1 }
  if (attempts >= mostAttempts) return undefined
  return { waitMs: Math.min(waits.mostMs, waits.firstMs * 2 ** attempts), attempts }
}
