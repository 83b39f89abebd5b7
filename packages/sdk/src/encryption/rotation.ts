import type { Changes, Vault } from '@secureconnect/e2ee/groups'

/** After so many messages of one's own, or so long, a group gets new keys before the next one is sent. */
const bounds = { messages: 500, ms: 7 * 86_400_000 }

type Since = { epoch: number; at: number; sent: number }

/** Under it is kept how much was sent with the present keys of a conversation. */
export const rotationKey = (conversationId: string) => `rotation:${conversationId}`

/** Counts what is sent with the keys of an epoch, also before the page was loaded anew. */
export function createRotation(vault: Vault, now: () => number = Date.now) {
  const known = new Map<string, Since>()

  async function find(conversationId: string): Promise<Since | undefined> {
    const kept = known.get(conversationId) ?? (await vault.read(rotationKey(conversationId)))
    return kept instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(kept)) : kept
  }

  return {
    /** Counts one more message; what is to be written for that. */
    async count(conversationId: string, epoch: number): Promise<Changes> {
      const before = await find(conversationId)
      const { at, sent } = before?.epoch === epoch ? before : { at: now(), sent: 0 }
      const current = { epoch, at, sent: sent + 1 }
      known.set(conversationId, current)
      return new Map([[rotationKey(conversationId), new TextEncoder().encode(JSON.stringify(current))]])
    },
    async isDue(conversationId: string): Promise<boolean> {
      const current = await find(conversationId)
      return current !== undefined && (current.sent >= bounds.messages || now() - current.at >= bounds.ms)
    },
  }
}

export type Rotation = ReturnType<typeof createRotation>
