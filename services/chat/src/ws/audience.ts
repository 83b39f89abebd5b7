import { listRingingCalls, type RingingCall } from '@secureconnect/directory'
import type { Subscription } from '@secureconnect/kv'
import { toRingingFrame, userChannel } from '@secureconnect/notifications'
import { type CloseReason, lifetimes, type ShownStatus, type UserFrame } from '@secureconnect/protocol'
import { type Connection, type DataServiceContext, type SocketFollower, toWireFrame } from '@secureconnect/service'
import { Compile } from 'typebox/compile'
import { Feeds } from '../fan-out/feeds.ts'
import { type BatchedReads, createBatchedReads } from '../history/batched-reads.ts'
import type { PresenceBook } from '../people/presence.ts'
import { type DeviceMessage, listWaiting, type QueuePlace } from '../stores/device-messages.ts'
import { FrameRow, listStandings, type Standing } from '../stores/live.ts'
import type { Viewer } from '../stores/views.ts'
import { DeviceQueue } from './device-queue.ts'
import { PresenceWatch } from './presence-watch.ts'
import { Session } from './session.ts'

/** Frames may come twice within this time: by message and by sweep. */
const rememberMs = 120_000

/** Each may be megabytes. */
const queuesPerRead = 20

/** Well within the minute for which somebody counts as there. */
const keepPresenceMs = lifetimes.presenceMs * 0.75

type Person = {
  sessions: Set<Session>
  subscription: Promise<Subscription>
  keepAt: number
  /** As he said here, or was kept; nobody may have said anything yet. */
  status: ShownStatus | undefined
  telling: Promise<void>
}
type Options = Pick<DataServiceContext, 'sql' | 'kv' | 'log' | 'metrics'> & { presenceBook: PresenceBook }

const frameRow = Compile(FrameRow)

/** Everybody who has sockets at this process, and what they follow. */
export class Audience implements SocketFollower {
  readonly feeds: Feeds
  readonly presence: PresenceWatch
  readonly readStanding: BatchedReads<Viewer, Standing>
  readonly #readQueue: BatchedReads<QueuePlace, DeviceMessage[]>
  readonly #readRinging: BatchedReads<string, readonly RingingCall[]>
  readonly #options: Options
  readonly #sessions = new Map<Connection, Session>()
  readonly #people = new Map<string, Person>()
  readonly #toldAt = new Map<string, number>()
  /** When those who have left are no longer taken for present. */
  readonly #goneAt = new Map<string, number>()
  #hasGap = false

  constructor(options: Options) {
    this.#options = options
    this.feeds = new Feeds({ ...options, onGap: () => this.#noteGap() })
    this.presence = new PresenceWatch(options)
    this.readStanding = createBatchedReads((viewers) => listStandings(options.sql, viewers))
    this.#readRinging = createBatchedReads(async (userIds) => {
      const byPerson = Map.groupBy(await listRingingCalls(options.sql, userIds), ({ user_id }) => user_id)
      return userIds.map((userId) => byPerson.get(userId) ?? [])
    })
    this.#readQueue = createBatchedReads((places) => listWaiting(options.sql, places), queuesPerRead)
  }

  get size(): number {
    return this.#sessions.size
  }

  ready(connection: Connection): void {
    if (!connection.caller) return
    const { userId } = connection.caller
    const queue = new DeviceQueue({ connection, read: this.#readQueue, log: this.#options.log })
    const session = new Session({ connection, userId, queue })
    this.#sessions.set(connection, session)
    // What waits is written past what is on its way: the client has to hear that it is ready first.
    connection.afterwards(() => queue.look())
    const person = this.#people.get(userId) ?? this.#welcome(userId)
    person.sessions.add(session)
    this.#people.set(userId, person)
    // In turn with what else he is told: that it stopped ringing never comes before that it rings.
    person.telling = person.telling.then(() => this.#tellRinging(person, session))
  }

  ended(connection: Connection): void {
    const session = this.#sessions.get(connection)
    if (!session) return
    this.#sessions.delete(connection)
    session.end()
    this.presence.end(session)
    const person = this.#people.get(session.userId)
    if (!person) return
    person.sessions.delete(session)
    if (person.sessions.size > 0) return
    this.#people.delete(session.userId)
    this.#goneAt.set(session.userId, performance.now() + lifetimes.presenceMs)
    void person.subscription.then((subscription) => subscription.close())
  }

  /** The session of a socket that is ready. */
  get(connection: Connection): Session {
    const session = this.#sessions.get(connection)
    if (!session) throw new Error('A frame came from a socket that is not ready')
    return session
  }

  /** Gives a frame to the sockets of its person, once. */
  tell(row: FrameRow): void {
    const person = this.#people.get(row.user_id)
    if (!person || this.#toldAt.has(row.frame_id)) return
    this.#toldAt.set(row.frame_id, performance.now())
    person.telling = person.telling.then(() => this.#give(person, row))
  }

  /** Remembers what somebody says he is, for where it is kept it may be lost. */
  noteStatus(userId: string, status: ShownStatus): void {
    const person = this.#people.get(userId)
    if (person) person.status = status
  }

  /** Listens anew to everything: the subscriptions that there are have turned out to be deaf. */
  async listenAnew(): Promise<void> {
    for (const [userId, person] of this.#people) {
      const deaf = person.subscription
      person.subscription = deaf.then((subscription) => subscription.close()).then(() => this.#listen(userId))
    }
    await this.feeds.renew(this.feeds.list())
  }

  closeAll(reason: CloseReason): void {
    for (const connection of this.#sessions.keys()) connection.close(reason)
  }

  /** Whether messages may have been missed since this was asked last. */
  takeGap(): boolean {
    const hasGap = this.#hasGap
    this.#hasGap = false
    return hasGap
  }

  /** Forgets what is needed no longer, and says who is still here and who is gone. */
  tidy(nowMs: number): void {
    this.feeds.tidy(nowMs)
    for (const { queue } of this.#sessions.values()) queue.retry()
    for (const [frameId, at] of this.#toldAt) if (at < nowMs - rememberMs) this.#toldAt.delete(frameId)
    for (const [userId, person] of this.#people) {
      if (person.keepAt > nowMs) continue
      person.keepAt = nowMs + keepPresenceMs
      this.#tellPresence(async (book) => {
        person.status = await book.keep(userId, person.status)
      })
    }
    for (const [userId, at] of this.#goneAt) {
      if (at > nowMs) continue
      this.#goneAt.delete(userId)
      if (!this.#people.has(userId)) this.#tellPresence((book) => book.end(userId))
    }
  }

  async close(): Promise<void> {
    for (const connection of [...this.#sessions.keys()]) this.ended(connection)
    this.presence.close()
    await this.feeds.close()
  }

  #tellPresence(tell: (book: PresenceBook) => Promise<void>): void {
    const { presenceBook, log } = this.#options
    tell(presenceBook).catch((error) => log.debug({ error }, 'presence was not told'))
  }

  /** The sockets of a person that a frame is for: one about a conversation is not for those of other ones. */
  #serving({ sessions }: Person, frame: UserFrame): Session[] {
    const conversationId = 'conversation_id' in frame ? frame.conversation_id : null
    return [...sessions].filter((session) => conversationId === null || session.serves(conversationId))
  }

  #welcome(userId: string): Person {
    return {
      sessions: new Set(),
      subscription: this.#listen(userId),
      keepAt: 0,
      status: undefined,
      telling: Promise.resolve(),
    }
  }

  #noteGap(): void {
    this.#hasGap = true
  }

  #listen(userId: string): Promise<Subscription> {
    const { kv, log } = this.#options
    const hear = (message: string) => {
      const row: unknown = JSON.parse(message)
      if (frameRow.Check(row)) this.tell(row)
      else log.warn({ user_id: userId }, 'a frame that nobody knows')
    }
    return kv.subscribe(userChannel(userId), hear, { onGap: () => this.#noteGap() })
  }

  /** Tells a new socket of the calls that ring at its person, once all that happens from now on is heard of. */
  async #tellRinging({ subscription }: Person, session: Session): Promise<void> {
    try {
      await subscription
      for (const call of await this.#readRinging(session.userId)) {
        if (session.serves(call.conversation_id)) session.connection.deliver(toWireFrame(toRingingFrame(call)))
      }
    } catch (error) {
      this.#options.log.debug({ error }, 'it is not known what rings at somebody')
    }
  }

  async #isMember(userId: string, conversationId: string): Promise<boolean> {
    return (await this.readStanding({ conversationId, userId })).visible_from !== null
  }

  /** A removal that comes late, after its person is back, is none: it would silence what he follows by now. */
  async #give(person: Person, { frame_id, user_id: userId, frame }: FrameRow): Promise<void> {
    if (frame.type === 'device.queue') {
      for (const { queue } of person.sessions) queue.look()
      return
    }
    const removedFrom = frame.type === 'conversation.removed' ? frame.conversation_id : undefined
    try {
      if (removedFrom !== undefined && (await this.#isMember(userId, removedFrom))) return
      const wire = toWireFrame(frame)
      for (const { connection } of this.#serving(person, frame)) connection.deliver(wire)
      // The log itself ends what a person follows; where it was deleted with its conversation, this does.
      if (removedFrom !== undefined) for (const session of person.sessions) session.remove(removedFrom)
    } catch (error) {
      // The next sweep finds it again.
      this.#toldAt.delete(frame_id)
      this.#options.log.debug({ error, frame: frame.type }, 'a frame for a person could not be given')
    }
  }
}
