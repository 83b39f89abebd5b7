import { withoutRequest } from '@secureconnect/logging'
import { lifetimes } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { type LiveHead, listChangedHeads, listUserFrames } from '../stores/live.ts'
import { Canary } from './canary.ts'

const tickMs = 1_000
/** How many ticks make a sweep while messages come through; without Redis every one does. */
const ticksPerSweep = 3
/** A commit may become visible after one that began later: each sweep looks back this far beyond the last. */
const overlapSeconds = 10
/** Frames of people are kept for a minute: who did not sweep that long may have missed one, and must say so. */
const staleMs = lifetimes.userFrameMs - 10_000

/** Of so many conversations it is asked at a time where their logs end. */
const headsPerRead = 1_000

type Needed = Pick<Context, 'sql' | 'kv' | 'log' | 'audience'>

/**
 * Looks, every few seconds, for what was committed and not heard of: a process may have died before it told, Redis may
 * be away, a subscription deaf. So messages only make it faster.
 */
export class LogSweeper {
  static async create(context: Needed): Promise<LogSweeper> {
    const canary = await Canary.create(context)
    return new LogSweeper(context, canary)
  }

  readonly #context: Needed
  readonly #canary: Canary
  readonly #ticking: NodeJS.Timeout
  #ticks = 0
  #sweptAt = performance.now()
  /** From when on frames may have been missed. */
  #staleAt = performance.now()
  #sweeping: Promise<void> | undefined

  private constructor(context: Needed, canary: Canary) {
    this.#context = context
    this.#canary = canary
    this.#ticking = setInterval(() => withoutRequest(() => this.#tick()), tickMs).unref()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ticking)
    await this.#sweeping
    await Promise.all([this.#canary.close(), this.#context.audience.close()])
  }

  #tick(): void {
    const { audience, kv, log } = this.#context
    const now = performance.now()
    this.#ticks += 1
    audience.tidy(now)
    const isDue = this.#ticks % ticksPerSweep === 0 || kv.isDegraded || this.#canary.isDeaf || audience.takeGap()
    if (isDue) this.#sweeping ??= this.#sweep(now).finally(() => (this.#sweeping = undefined))
    void this.#checkHearing(now)
    if (audience.size === 0 || now - this.#staleAt < staleMs) return
    log.warn({ sockets: audience.size }, 'nothing could be swept for too long: the sockets are sent to other nodes')
    this.#staleAt = now
    audience.closeAll('restart')
  }

  async #sweep(startedAt: number): Promise<void> {
    const { sql, log, audience } = this.#context
    try {
      const heads = await this.#listHeads()
      const frames = audience.size === 0 ? [] : await listUserFrames(sql.background, this.#secondsBack())
      for (const frame of frames) audience.tell(frame)
      this.#staleAt = startedAt
      await audience.feeds.reach(heads)
      this.#sweptAt = startedAt
    } catch (error) {
      log.warn({ error, dependency: 'sql', outcome: 'failed' }, 'what was not heard of could not be read')
    }
  }

  /** What is read later in a sweep looks back as far as what was read first. */
  #secondsBack(): number {
    return (performance.now() - this.#sweptAt) / 1_000 + overlapSeconds
  }

  /** Where the logs end that this process serves and that changed: at the others far more may happen than here. */
  async #listHeads(): Promise<LiveHead[]> {
    const { sql, audience } = this.#context
    const ids = audience.feeds.list().map(({ conversationId }) => conversationId)
    const heads: LiveHead[] = []
    for (let start = 0; start < ids.length; start += headsPerRead) {
      const conversationIds = ids.slice(start, start + headsPerRead)
      heads.push(...(await listChangedHeads(sql.background, { conversationIds, seconds: this.#secondsBack() })))
    }
    return heads
  }

  async #checkHearing(now: number): Promise<void> {
    const { audience, log } = this.#context
    try {
      if (await this.#canary.beat(now)) await audience.listenAnew()
    } catch (error) {
      log.debug({ error, dependency: 'redis' }, 'the canary could not sing')
    }
  }
}

/** Starts the sweeps of this process. */
export function sweepLogs(context: Needed): Promise<AsyncDisposable> {
  return LogSweeper.create(context)
}
