import type { Kv } from '@secureconnect/kv'

/** Who did something on a socket within this time is taken to look at that device. */
const activeMs = 60_000
const notedAgainMs = 15_000
/** Forgetting when somebody was noted costs one more note. */
const rememberedPeople = 20_000

/** Who is at a device right now, and so may read there what would be pushed to others. */
export type Activity = {
  /** Says that somebody is doing something. Never throws. */
  note(userId: string): void
  /** Those of some people who are active; where that is not known, nobody. */
  listActive(userIds: readonly string[]): Promise<ReadonlySet<string>>
}

const keyOf = (userId: string) => `active:${userId}`

export function createActivity(kv: Pick<Kv, 'get' | 'set'>): Activity {
  const notedAt = new Map<string, number>()
  return {
    note(userId) {
      const now = performance.now()
      if (now - (notedAt.get(userId) ?? Number.NEGATIVE_INFINITY) < notedAgainMs) return
      if (notedAt.size >= rememberedPeople) notedAt.clear()
      notedAt.set(userId, now)
      void kv.set(keyOf(userId), 'true', { ttlMs: activeMs }).catch(() => notedAt.delete(userId))
    },
    async listActive(userIds) {
      const isActive = async (userId: string) => (await kv.get(keyOf(userId)).catch(() => undefined)) !== undefined
      const active = await Promise.all(userIds.map(isActive))
      return new Set(userIds.filter((_, place) => active[place]))
    },
  }
}
