import { createBrowserStorage } from '@secureconnect/sdk'
import { client } from './client.ts'

const storage = createBrowserStorage()
const kinds = ['draft', 'edit', 'refused', 'attached'] as const
type Kind = (typeof kinds)[number]

const prefixOf = (kind: Kind) => `${kind}:${client.userId}:`

/** What somebody wrote and did not send: it outlives the page and the session, but not that he signs out. */
export const kept = {
  async list(kind: Kind): Promise<ReadonlyMap<string, string>> {
    const prefix = prefixOf(kind)
    const texts = await storage.list(prefix)
    return new Map([...texts].map(([key, text]) => [key.slice(prefix.length), text]))
  },
  write: (kind: Kind, id: string, text: string) => storage.write(prefixOf(kind) + id, text),
  remove: (kind: Kind, id: string) => storage.remove(prefixOf(kind) + id),
  async forgetAll(): Promise<void> {
    for (const kind of kinds) for (const id of (await this.list(kind)).keys()) await this.remove(kind, id)
  },
}
