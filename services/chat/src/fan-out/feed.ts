import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { BatchedReads } from '../history/batched-reads.ts'
import type { LogEvent } from '../log/log-event.ts'
import type { LiveHead, PageStart } from '../stores/live.ts'
import type { Follower } from './follower.ts'
import { type Hint, Hints } from './hints.ts'
import { type PlacedFrame, toPlacedFrame } from './placed-frame.ts'
import type { RecentFrames } from './recent-frames.ts'

/** How many events are read at a time. */
export const pageRows = 200
/** What overtook an event waits so long for it, before the log is asked. */
const gapMs = 30
/** More than this is not held back for a gap but read again when the gap is filled. */
const pendingEvents = 1_000

export type FeedOptions = {
  head: LiveHead
  readPage: BatchedReads<PageStart, readonly LogEvent[]>
  recent: RecentFrames
  metrics: Metrics
  log: Logger
}

/** The log broke off: what a socket of this conversation has is no beginning of what there is now. */
export class BrokenFeed extends Error {}

/**
 * What happens in one conversation, for the sockets of this process that follow it. However events come, by message or
 * from the log, twice or in any order, each leaves here once and in its place.
 */
export class Feed {
  readonly conversationId: string
  readonly logEpoch: number
  readonly #options: FeedOptions
  readonly #followers = new Set<Follower>()
  readonly #pending = new Map<number, LogEvent>()
  #lastSeq: number
  /** There are events up to here. */
  #goal: number
  #filling: Promise<void> | undefined
  #hints: Hints | undefined
  #gap: NodeJS.Timeout | undefined
  #reading: { from: number; ended: Promise<unknown> } | undefined
  #isBroken = false
  #misses = 0
  #lastLeft: number
  #idleSince: number | undefined = performance.now()

  constructor(options: FeedOptions) {
    const { conversation_id, log_epoch, last_seq } = options.head
    this.#options = options
    this.conversationId = conversation_id
    this.logEpoch = log_epoch
    this.#lastSeq = last_seq
    this.#goal = last_seq
    this.#lastLeft = last_seq
  }

  /** The last event that has left here. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Somebody left, as far as is known here: what was said of members up to this event is out of date. */
  get lastLeft(): number {
    return this.#lastLeft
  }

  /** How often something was missing since anything was heard. */
  get misses(): number {
    return this.#misses
  }

  get isBroken(): boolean {
    return this.#isBroken
  }

  get followers(): ReadonlySet<Follower> {
    return this.#followers
  }

  /** Since when nobody has followed. */
  get idleSince(): number | undefined {
    return this.#idleSince
  }

  add(follower: Follower): void {
    this.#followers.add(follower)
    this.#idleSince = undefined
  }

  remove(follower: Follower): void {
    this.#followers.delete(follower)
    if (this.#followers.size === 0) this.#idleSince ??= performance.now()
  }

  /** Takes events as they are published. */
  receive(events: readonly LogEvent[]): void {
    this.#misses = 0
    for (const event of events) {
      if (!this.#fits(event)) return
      this.#goal = Math.max(this.#goal, event.seq)
      if (event.seq > this.#lastSeq && this.#pending.size < pendingEvents) this.#pending.set(event.seq, event)
    }
    this.#drain()
    if (this.#lastSeq < this.#goal) this.#gap ??= setTimeout(() => this.#fillGap(), gapMs)
  }

  /** Whether what is told here ends before the log does. */
  isBehind(head: Pick<LiveHead, 'log_epoch' | 'last_seq'>): boolean {
    return head.log_epoch > this.logEpoch || head.last_seq > this.#lastSeq
  }

  /** Hears from the database where the log ends, and gets what is missing. */
  async reach(head: Pick<LiveHead, 'log_epoch' | 'last_seq'>): Promise<void> {
    if (!this.#fits(head) || !this.isBehind(head)) return
    this.#misses += 1
    this.#goal = Math.max(this.#goal, head.last_seq)
    do await this.#fill()
    while (!this.#isBroken && this.#lastSeq < Math.min(this.#goal, head.last_seq))
  }

  /** Takes what matters only now and may get lost. */
  hint(hint: Hint): void {
    this.#hints ??= new Hints({ conversationId: this.conversationId, followers: this.#followers })
    this.#hints.add(hint)
  }

  /** Ends what ends by itself. */
  tidy(nowMs: number): void {
    this.#hints?.expire(nowMs)
  }

  /** The events after a seq, a page of them. Many who missed the same share one reading. */
  async read(afterSeq: number): Promise<readonly PlacedFrame[]> {
    for (;;) {
      if (this.#isBroken) throw new BrokenFeed()
      const held = this.#options.recent.find(afterSeq, pageRows)
      if (held) return held
      const reading = this.#reading
      if (!reading || reading.from > afterSeq) return this.#readFromLog(afterSeq)
      await reading.ended
    }
  }

  close(): void {
    clearTimeout(this.#gap)
    this.#hints?.close()
    this.#options.recent.clear()
    this.#isBroken = true
  }

  async #readFromLog(afterSeq: number): Promise<readonly PlacedFrame[]> {
    const { recent, readPage } = this.#options
    const { version } = recent
    const page = readPage({ conversationId: this.conversationId, afterSeq })
    const reading = { from: afterSeq, ended: page.catch(() => undefined) }
    this.#reading = reading
    try {
      const frames = (await page).map(toPlacedFrame)
      if (frames[0]?.seq !== afterSeq + 1) throw new BrokenFeed()
      recent.addEarlier(frames, { version, lastSeq: this.#lastSeq })
      return frames
    } finally {
      if (this.#reading === reading) this.#reading = undefined
    }
  }

  /** After a restore from backup, or where the log ends before what we told, nobody can go on from where he is. */
  #fits({ log_epoch }: Pick<LogEvent, 'log_epoch'>): boolean {
    if (this.#isBroken) return false
    if (log_epoch === this.logEpoch) return true
    if (log_epoch > this.logEpoch) this.#breakOff()
    return false
  }

  #breakOff(): void {
    this.#options.log.warn({ conversation_id: this.conversationId }, 'a log broke off: its sockets begin anew')
    this.close()
    for (const { connection } of this.#followers) connection.close('restart')
  }

  #fillGap(): void {
    this.#gap = undefined
    if (this.#lastSeq >= this.#goal) return
    this.#fill().catch((error) => this.#options.log.debug({ error }, 'a gap waits to be filled'))
  }

  #fill(): Promise<void> {
    this.#filling ??= this.#fillFromLog().finally(() => {
      this.#filling = undefined
    })
    return this.#filling
  }

  async #fillFromLog(): Promise<void> {
    while (this.#lastSeq < this.#goal && !this.#isBroken) {
      const afterSeq = this.#lastSeq
      const events = await this.#options.readPage({ conversationId: this.conversationId, afterSeq })
      if (events.length === 0) {
        // The conversation has been deleted; who was in it hears of that in his own frames.
        this.#goal = this.#lastSeq
        return
      }
      if (events[0]?.seq !== afterSeq + 1) return this.#breakOff()
      for (const event of events) {
        if (!this.#fits(event)) return
        if (event.seq > this.#lastSeq) this.#deliver(event)
      }
      this.#drain()
    }
  }

  #drain(): void {
    for (let next = this.#takeNext(); next; next = this.#takeNext()) this.#deliver(next)
    if (this.#lastSeq < this.#goal) return
    this.#pending.clear()
    clearTimeout(this.#gap)
    this.#gap = undefined
  }

  #takeNext(): LogEvent | undefined {
    if (this.#isBroken) return undefined
    const next = this.#pending.get(this.#lastSeq + 1)
    this.#pending.delete(this.#lastSeq + 1)
    return next
  }

  /** What another version wrote and we cannot read we must not leave out: its sockets are better off at another node. */
  #place(event: LogEvent): PlacedFrame | undefined {
    try {
      return toPlacedFrame(event)
    } catch (error) {
      this.#options.log.error({ error, conversation_id: this.conversationId }, 'an event could not be read')
      this.#breakOff()
      return undefined
    }
  }

  #deliver(event: LogEvent): void {
    const { recent } = this.#options
    const frame = this.#place(event)
    if (!frame) return
    this.#lastSeq = event.seq
    if (event.kind === 'message.deleted') recent.clear()
    recent.add(frame)
    let count = 0
    let someone: Follower | undefined
    for (const follower of this.#followers) {
      if (!follower.offer(frame)) continue
      count += 1
      someone = follower
    }
    if (event.kind === 'member.left') this.#partWith(event)
    if (someone) this.#observe(event, someone, count)
  }

  #partWith({ seq, data }: LogEvent): void {
    this.#lastLeft = seq
    for (const follower of this.#followers) {
      if (follower.userId !== data.user_id) continue
      follower.endAfter(seq)
      this.remove(follower)
    }
  }

  #observe({ kind, data, created_at }: LogEvent, { connection }: Follower, count: number): void {
    const { messagesReceived, deliveryDuration } = this.#options.metrics
    if (kind === 'message.created') messagesReceived.inc({ type: String(data.message_type) }, count)
    connection.afterwards(() => deliveryDuration.observe(Math.max(0, Date.now() - created_at.getTime()) / 1_000))
  }
}
