import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@secureconnect/logging'
import { repeat } from '@secureconnect/service'
import { mediaFull, mediaGone } from '../errors.ts'
import type { MediaEvents } from '../events/media-events.ts'
import type { MediaConfig } from './media-settings.ts'
import { MediaWorker } from './media-worker.ts'

const measureEveryMs = 2_000
/** One that dies as soon as it lives is not started again in a loop. */
const quickDeath = { withinMs: 1_000, pauseMs: 1_000 }
/** Beside a worker that has so much to do a room goes on on another one. */
const spreadAbove = 0.8
const mostMemory = 0.85

type Options = {
  config: MediaConfig
  /** Where the program is, once it is; throws before. */
  program: { readonly path: string }
  events: MediaEvents
  log: Logger
}

/** Whether the container is short of memory; where there is no limit, the system looks after that. */
function isMemoryShort(): boolean {
  const limit = process.constrainedMemory()
  const isLimited = limit > 0 && limit < Number.MAX_SAFE_INTEGER
  return isLimited && 1 - process.availableMemory() / limit > mostMemory
}

/** How many streams of a room each worker that it uses has to expect. */
type RoomStreams = ReadonlyMap<MediaWorker, number>

/** Those that run, the one first that has least to do when all comes that is to be expected of a room. */
function byLoad(workers: Iterable<MediaWorker>, streams: RoomStreams = new Map()): MediaWorker[] {
  const loadOf = (worker: MediaWorker) => worker.load.ratioWith(streams.get(worker) ?? 0)
  return [...workers].filter(({ isClosed }) => !isClosed).toSorted((a, b) => loadOf(a) - loadOf(b))
}

/** The workers of this process: started with the first room, measured, and replaced when they die. */
export class WorkerPool implements AsyncDisposable {
  readonly #options: Options
  readonly #running = new Map<number, MediaWorker>()
  readonly #starting = new Map<number, Promise<void>>()
  readonly #listeners = new Set<(dead: MediaWorker) => void>()
  #measuring: AsyncDisposable | undefined
  #isClosed = false

  constructor(options: Options) {
    this.#options = options
  }

  /** Refuses while there is no program that workers could run. */
  assertReady(): void {
    void this.#options.program.path
  }

  /** Refuses what would be too much for every worker; those who are in a call keep what they have. */
  assertRoom(): void {
    this.assertReady()
    if (isMemoryShort()) throw mediaFull()
    const running = byLoad(this.#running.values())
    const isFull = running.length === this.#options.config.mediaWorkers && running.every(({ load }) => load.ratio >= 1)
    if (isFull) throw mediaFull()
  }

  /** Whether there is a program for workers and they can take more. */
  get hasRoom(): boolean {
    try {
      this.assertRoom()
      return true
    } catch {
      return false
    }
  }

  /** The share of what all workers together can do that they have to do: 1 is all. */
  get load(): number {
    const running = [...this.#running.values()]
    return running.reduce((sum, { load }) => sum + load.ratio, 0) / this.#options.config.mediaWorkers
  }

  /** The worker that has least to do; where a room uses some already, one of those as long as it can take more. */
  async choose(streams: RoomStreams = new Map()): Promise<MediaWorker> {
    await this.#start()
    const { mediaStreamsPerWorker: mostStreams } = this.#options.config
    const running = byLoad(this.#running.values(), streams)
    const own = running.find((worker) => {
      const expected = streams.get(worker)
      return expected !== undefined && expected < mostStreams && worker.load.ratio < spreadAbove
    })
    const chosen = own ?? running[0]
    if (!chosen) throw mediaGone()
    return chosen
  }

  /** Calls `listener` with each worker that dies, when another is being started already. */
  onDied(listener: (dead: MediaWorker) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#measuring?.[Symbol.asyncDispose]()
    await Promise.allSettled(this.#starting.values())
    for (const worker of this.#running.values()) worker.close()
  }

  /** Starts what does not run, and resolves when one worker at least is there. */
  async #start(): Promise<void> {
    this.assertReady()
    const { config, log } = this.#options
    for (let index = 0; index < config.mediaWorkers; index += 1) {
      if (!this.#running.has(index)) void this.#startOne(index)
    }
    this.#measuring ??= repeat({ name: 'media load', everyMs: measureEveryMs, log, work: () => this.#measure() })
    if (this.#running.size === 0) await Promise.race(this.#starting.values())
  }

  #startOne(index: number, pauseMs = 0): Promise<void> {
    const known = this.#starting.get(index)
    if (known) return known
    const starting = this.#create(index, pauseMs)
      .catch((error) => this.#options.events.workerFailed(error))
      .finally(() => this.#starting.delete(index))
    this.#starting.set(index, starting)
    return starting
  }

  async #create(index: number, pauseMs: number): Promise<void> {
    await delay(pauseMs)
    if (this.#isClosed) return
    const { config, program, events } = this.#options
    const startedAt = performance.now()
    const worker = await MediaWorker.create({
      program: program.path,
      index,
      config,
      onDied: (dead, error) => this.#replace(dead, { error, livedMs: performance.now() - startedAt }),
    })
    this.#running.set(index, worker)
    events.workerStarted(worker)
  }

  #replace(dead: MediaWorker, { error, livedMs }: { error: Error; livedMs: number }): void {
    this.#running.delete(dead.index)
    if (this.#isClosed) return
    this.#options.events.workerDied(dead, error)
    void this.#startOne(dead.index, livedMs < quickDeath.withinMs ? quickDeath.pauseMs : 0)
    for (const listener of this.#listeners) listener(dead)
  }

  async #measure(): Promise<void> {
    const { events } = this.#options
    const samples = await Promise.allSettled(
      [...this.#running.values()].map(async (worker) => {
        const sample = await worker.measure()
        events.workerUsed(worker.index, sample.cpuRatio)
        return sample
      }),
    )
    // One that died while it was asked has nothing to say.
    const taken = samples.flatMap((sample) => (sample.status === 'fulfilled' ? sample.value : []))
    events.packetsSent(taken.reduce((sum, { packets }) => sum + packets, 0))
    events.packetsLost(Math.max(0, ...taken.map(({ lossRatio }) => lossRatio)))
  }
}
