import type { Kv, Subscription } from '@secureconnect/kv'
import type { Logger } from '@secureconnect/logging'
import { Presence } from '@secureconnect/protocol'
import { toWireFrame } from '@secureconnect/service'
import type { Queries } from '@secureconnect/sql'
import { Compile } from 'typebox/compile'
import { presenceChannel } from '../fan-out/fan-out.ts'
import { listBlocksBetween } from '../stores/blocks-between.ts'
import type { Session } from './session.ts'

/** What comes together within this time is told in one frame. */
const gatherMs = 500

const presence = Compile(Presence)

type Watched = { watchers: Set<Session>; subscription: Promise<Subscription> }

/** Who of this process watches whom, and hears when he comes or goes. */
export class PresenceWatch {
  readonly #options: { sql: Queries; kv: Kv; log: Logger }
  readonly #watched = new Map<string, Watched>()
  readonly #news = new Map<string, Presence>()
  #gathering: NodeJS.Timeout | undefined

  constructor(options: { sql: Queries; kv: Kv; log: Logger }) {
    this.#options = options
  }

  /** Has a socket watch these people, and those it watched before no longer. */
  async watch(session: Session, userIds: readonly string[]): Promise<void> {
    const wanted = new Set(userIds)
    for (const userId of session.watches.difference(wanted)) this.#remove(userId, session)
    const added = [...wanted.difference(session.watches)].map((userId) => this.#add(userId, session))
    session.watches = wanted
    await Promise.all(added)
  }

  /** Ends all that a socket watches. */
  end(session: Session): void {
    for (const userId of session.watches) this.#remove(userId, session)
    session.watches = new Set()
  }

  close(): void {
    clearTimeout(this.#gathering)
  }

  #add(userId: string, session: Session): Promise<Subscription> {
    const watched = this.#watched.get(userId) ?? { watchers: new Set(), subscription: this.#listen(userId) }
    watched.watchers.add(session)
    this.#watched.set(userId, watched)
    return watched.subscription
  }

  #remove(userId: string, session: Session): void {
    const watched = this.#watched.get(userId)
    if (!watched) return
    watched.watchers.delete(session)
    if (watched.watchers.size > 0) return
    this.#watched.delete(userId)
    void watched.subscription.then((subscription) => subscription.close())
  }

  #listen(userId: string): Promise<Subscription> {
    return this.#options.kv.subscribe(presenceChannel(userId), (message) => {
      const value: unknown = JSON.parse(message)
      if (!presence.Check(value)) return
      this.#news.set(userId, value)
      this.#gathering ??= setTimeout(() => void this.#tell(), gatherMs)
    })
  }

  async #tell(): Promise<void> {
    const news = [...this.#news.values()]
    this.#gathering = undefined
    this.#news.clear()
    const perSession = new Map<Session, Presence[]>()
    for (const one of news) {
      for (const session of this.#watched.get(one.user_id)?.watchers ?? []) {
        perSession.set(session, [...(perSession.get(session) ?? []), one])
      }
    }
    if (perSession.size === 0) return
    try {
      const viewers = [...perSession.keys()].map(({ userId }) => userId)
      const subjects = news.map(({ user_id }) => user_id)
      const apart = await listBlocksBetween(this.#options.sql, viewers, subjects)
      for (const [{ userId, connection }, all] of perSession) {
        const shown = all.filter(({ user_id }) => !apart.has(`${userId} ${user_id}`))
        const frame = { type: 'presence', presence: shown }
        if (shown.length > 0) connection.deliver(toWireFrame(frame, { isDroppable: true }))
      }
    } catch (error) {
      this.#options.log.debug({ error }, 'presence was not told')
    }
  }
}
