import { listBlockedIds } from '@secureconnect/directory'
import type { Kv } from '@secureconnect/kv'
import { lifetimes, type Presence, ShownStatus } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { FanOut } from '../fan-out/fan-out.ts'

/** How long it is known when somebody was last there. */
const rememberedMs = 30 * 86_400_000

const Entry = Type.Object({ status: ShownStatus, seenAt: Type.Optional(Type.Integer()), endsAt: Type.Integer() })
type Entry = Static<typeof Entry>
const entry = Compile(Entry)

const keyOf = (userId: string) => `presence:${userId}`

function parse(text: string | undefined): Entry | undefined {
  if (text === undefined) return undefined
  const value: unknown = JSON.parse(text)
  return entry.Check(value) ? value : undefined
}

/** What people show themselves as; it is kept where it may be lost, and counts for a minute. */
export type PresenceBook = {
  /** Says what somebody shows himself as, and tells those who watch him where that is news. */
  set(userId: string, status: ShownStatus): Promise<Presence>
  /**
   * Says that somebody is still there, as what he said he is; for as long as he has a socket. Answers what that is:
   * where it was lost, what was known last. Who wanted to look absent when he left looks so until he says otherwise.
   */
  keep(userId: string, known: ShownStatus | undefined): Promise<ShownStatus>
  /** Tells those who watch somebody that he is gone, once nobody says any more that he is there. */
  end(userId: string): Promise<void>
  /** Forgets somebody for good. */
  forget(userId: string): Promise<void>
  /** How people show themselves to one of them: those who block one another are not there for each other. */
  list(viewerId: string, userIds: readonly string[]): Promise<Presence[]>
}

type Needed = { kv: Kv; sql: Queries; fanOut: Pick<FanOut, 'tellPresence'> }

export function createPresenceBook({ kv, sql, fanOut }: Needed): PresenceBook {
  const find = async (userId: string) => parse(await kv.get(keyOf(userId)))

  const save = async (userId: string, shown: Pick<Entry, 'status' | 'seenAt'>) => {
    const saved: Entry = { ...shown, endsAt: Date.now() + lifetimes.presenceMs }
    await kv.set(keyOf(userId), JSON.stringify(saved), { ttlMs: rememberedMs })
    return toPresence(userId, saved)
  }

  const toPresence = (userId: string, found: Entry | undefined): Presence => {
    if (found && found.endsAt > Date.now()) return toShown(userId, found.status, found.seenAt)
    // Without the shared store, whoever is not at this node may be at another.
    return toShown(userId, kv.isDegraded ? 'unknown' : 'offline', found?.seenAt)
  }

  return {
    async set(userId, status) {
      const before = toPresence(userId, await find(userId))
      const presence = await save(userId, { status, seenAt: Date.now() })
      if (before.status !== presence.status) fanOut.tellPresence(presence)
      return presence
    },
    async keep(userId, known) {
      const found = await find(userId)
      const isThere = found !== undefined && found.endsAt > Date.now()
      const before = found?.status === 'offline' ? found.status : 'online'
      const status = isThere ? found.status : (known ?? before)
      // Who wants to look absent must not be seen to have been there just now.
      const seenAt = status === 'offline' ? found?.seenAt : Date.now()
      const presence = await save(userId, { status, ...(seenAt !== undefined && { seenAt }) })
      if (!isThere) fanOut.tellPresence(presence)
      return status
    },
    async end(userId) {
      const presence = toPresence(userId, await find(userId))
      if (presence.status === 'offline') fanOut.tellPresence(presence)
    },
    forget: (userId) => kv.delete(keyOf(userId)),
    async list(viewerId, userIds) {
      const hidden = new Set(await listBlockedIds(sql, viewerId))
      const show = async (userId: string) =>
        hidden.has(userId) ? toShown(userId, 'offline', undefined) : toPresence(userId, await find(userId))
      return Promise.all([...new Set(userIds)].map(show))
    },
  }
}

function toShown(userId: string, status: Presence['status'], seenAt: number | undefined): Presence {
  return { user_id: userId, status, last_seen_at: seenAt === undefined ? null : new Date(seenAt).toISOString() }
}
