/** After so many messages of one's own, or so long, a group gets new keys before the next one is sent. */
const bounds = { messages: 500, ms: 7 * 86_400_000 }

type Since = { epoch: number; at: number; sent: number }

/** Counts what is sent with the keys of an epoch; after a reload it counts anew. */
export function createRotation(now: () => number = Date.now) {
  const since = new Map<string, Since>()
  return {
    note(conversationId: string, epoch: number): void {
      const before = since.get(conversationId)
      const current = before?.epoch === epoch ? before : { epoch, at: now(), sent: 0 }
      since.set(conversationId, { ...current, sent: current.sent + 1 })
    },
    isDue(conversationId: string): boolean {
      const current = since.get(conversationId)
      return current !== undefined && (current.sent >= bounds.messages || now() - current.at >= bounds.ms)
    },
  }
}

export type Rotation = ReturnType<typeof createRotation>
