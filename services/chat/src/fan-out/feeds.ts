import { setTimeout as delay } from 'node:timers/promises'
import type { Kv, Subscription } from '@secureconnect/kv'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { Sql } from '@secureconnect/sql'
import { type BatchedReads, createBatchedReads } from '../history/batched-reads.ts'
import type { LogEvent } from '../log/log-event.ts'
import { type LiveHead, listHeads, listPages, type PageStart } from '../stores/live.ts'
import { conversationChannel } from './fan-out.ts'
import { Feed, pageRows } from './feed.ts'
import { readPublished } from './read-published.ts'
import { FrameBudget, RecentFrames } from './recent-frames.ts'

/** A feed that nobody follows is kept this long: those who lost their sockets come back. */
const idleMs = 10_000
const pagesPerBatch = 50
/** What has been committed is heard of within this time, as a rule. */
const settleMs = 100
const missesOfTheDeaf = 2

type Options = { sql: Sql; kv: Kv; log: Logger; metrics: Metrics; onGap: () => void }
/** A feed and what it listens with now, or will when the one before is closed. */
type Open = { feed: Feed; subscription: Promise<Subscription> }

/** The feeds of the conversations that sockets of this process follow. */
export class Feeds {
  readonly #options: Options
  readonly #open = new Map<string, Open>()
  readonly #opening = new Map<string, Promise<Feed | undefined>>()
  readonly #budget = new FrameBudget()
  readonly #readHead: BatchedReads<string, LiveHead | undefined>
  readonly #readPage: BatchedReads<PageStart, readonly LogEvent[]>

  constructor(options: Options) {
    const { sql } = options
    this.#options = options
    this.#readHead = createBatchedReads((ids) => listHeads(sql, ids))
    this.#readPage = createBatchedReads((starts) => listPages(sql, starts, pageRows), pagesPerBatch)
  }

  find(conversationId: string): Feed | undefined {
    return this.#open.get(conversationId)?.feed
  }

  /** The feed of a conversation, which listens from before it reads where the log ends; undefined if there is no such conversation. */
  open(conversationId: string): Promise<Feed | undefined> {
    const known = this.#open.get(conversationId)
    if (known && !known.feed.isBroken) return Promise.resolve(known.feed)
    const opening = this.#opening.get(conversationId)
    if (opening) return opening
    const begun = this.#begin(conversationId).finally(() => this.#opening.delete(conversationId))
    this.#opening.set(conversationId, begun)
    return begun
  }

  /** Hears where logs end, and gets what has not been heard of and is not on its way. */
  async reach(heads: readonly LiveHead[]): Promise<void> {
    const behind = heads.flatMap((head) => {
      const feed = this.find(head.conversation_id)
      return feed?.isBehind(head) ? [{ feed, head }] : []
    })
    if (behind.length === 0) return
    await delay(settleMs, undefined, { ref: false })
    const reached = await Promise.allSettled(behind.map(({ feed, head }) => feed.reach(head)))
    // One that was not told may come of a process that died; if nothing is heard between two, nobody listens. While the
    // store is away nothing is heard anyway, and each that listens anew would wait for it: what is missing is found here.
    const deaf = this.#options.kv.isDegraded ? [] : behind.filter(({ feed }) => feed.misses >= missesOfTheDeaf)
    await this.renew(deaf.map(({ feed }) => feed))
    // The next sweep looks back as far again: what could not be read now may be read then.
    for (const one of reached) if (one.status === 'rejected') throw one.reason
  }

  /** Listens anew. */
  async renew(feeds: Iterable<Feed>): Promise<void> {
    for (const feed of feeds) {
      const open = this.#open.get(feed.conversationId)
      if (open?.feed !== feed) continue
      const listen = () => this.#listen(feed.conversationId, (published) => this.#tell(feed, published))
      // Set before anything is waited for: whoever closes the feed meanwhile, or renews it too, waits for this one.
      open.subscription = open.subscription.then((deaf) => deaf.close()).then(listen)
      await open.subscription
    }
  }

  list(): Feed[] {
    return [...this.#open.values()].map(({ feed }) => feed)
  }

  /** Ends what ends by itself, and the feeds that nobody has followed for a while. */
  tidy(nowMs: number): void {
    const before = nowMs - idleMs
    for (const { feed } of this.#open.values()) {
      feed.tidy(nowMs)
      if (feed.isBroken || (feed.idleSince ?? before) < before) this.#close(feed)
    }
  }

  async close(): Promise<void> {
    // Whoever asked for it hears of one that cannot be opened.
    await Promise.allSettled(this.#opening.values())
    for (const feed of this.list()) this.#close(feed)
  }

  #close(feed: Feed): void {
    const open = this.#open.get(feed.conversationId)
    if (open?.feed !== feed) return
    this.#open.delete(feed.conversationId)
    feed.close()
    void open.subscription.then((subscription) => subscription.close())
  }

  async #begin(conversationId: string): Promise<Feed | undefined> {
    const { metrics, log } = this.#options
    const early: string[] = []
    let hear = (message: string): void => {
      early.push(message)
    }
    const former = this.find(conversationId)
    if (former) this.#close(former)
    const subscription = await this.#listen(conversationId, (message) => hear(message))
    try {
      const head = await this.#readHead(conversationId)
      if (!head) return await subscription.close().then(() => undefined)
      const recent = new RecentFrames(this.#budget)
      const feed = new Feed({ head, readPage: this.#readPage, recent, metrics, log })
      hear = (message) => this.#tell(feed, message)
      for (const message of early) hear(message)
      this.#open.set(conversationId, { feed, subscription: Promise.resolve(subscription) })
      return feed
    } catch (error) {
      await subscription.close()
      throw error
    }
  }

  #listen(conversationId: string, hear: (message: string) => void): Promise<Subscription> {
    const { kv, onGap } = this.#options
    return kv.subscribe(conversationChannel(conversationId), hear, { onGap })
  }

  #tell(feed: Feed, message: string): void {
    const published = readPublished(message)
    if (published === undefined)
      this.#options.log.warn({ conversation_id: feed.conversationId }, 'an event that nobody knows')
    else if (Array.isArray(published)) feed.receive(published)
    else feed.hint(published)
  }
}
