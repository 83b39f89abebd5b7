import type { types } from 'mediasoup'

/** What one worker does at most, as measured: packets with AES-GCM. */
const mostPacketsPerSecond = 25_000
/** What a stream is taken to need before any was measured. */
const usualPacketsPerSecond = 50
/** What was added lately may not do yet all that it will. */
const rampUpMs = 10_000
/** So many streams are asked how many packets they have sent, each time others. */
const sampledConsumers = 25

type Seen = { addedAt: number; packets: number; sampledAt: number; packetsPerSecond: number; isSampled: boolean }
type Sample = { cpuRatio: number; packets: number; lossRatio: number }

/** How much one worker has to do: what it was measured to do, and what came on top since. */
export class WorkerLoad {
  readonly #consumers = new Map<types.Consumer, Seen>()
  #queue: types.Consumer[] = []
  #usedMs: number | undefined
  #measuredAt = performance.now()
  #cpuRatio = 0

  add(consumer: types.Consumer): void {
    const now = performance.now()
    this.#consumers.set(consumer, { addedAt: now, packets: 0, sampledAt: now, packetsPerSecond: 0, isSampled: false })
    consumer.observer.once('close', () => this.#consumers.delete(consumer))
  }

  /**
   * The share of what it can do that it has to do now, or will have soon: 1 is all. Streams that were not looked at yet
   * are taken to be like those that were, or a rush would be seen only when it is too late.
   */
  get ratio(): number {
    const now = performance.now()
    let [found, sending, unseen, rising] = [0, 0, 0, 0]
    for (const { packetsPerSecond, isSampled, addedAt } of this.#consumers.values()) {
      found += packetsPerSecond
      if (packetsPerSecond > 0) sending += 1
      if (isSampled) rising += Math.max(0, 1 - (now - addedAt) / rampUpMs) * usualPacketsPerSecond
      else unseen += 1
    }
    const expected = unseen * Math.max(usualPacketsPerSecond, found / Math.max(1, sending)) + rising
    return Math.max(this.#cpuRatio, found / mostPacketsPerSecond) + expected / mostPacketsPerSecond
  }

  /** The same, should so many more streams come. */
  ratioWith(streams: number): number {
    return this.ratio + (streams * usualPacketsPerSecond) / mostPacketsPerSecond
  }

  /** Measures what the worker did since the last time. */
  async measure(worker: Pick<types.Worker, 'getResourceUsage'>): Promise<Sample> {
    const { ru_utime, ru_stime } = await worker.getResourceUsage()
    const now = performance.now()
    const usedMs = ru_utime + ru_stime
    if (this.#usedMs !== undefined) this.#cpuRatio = (usedMs - this.#usedMs) / (now - this.#measuredAt)
    this.#usedMs = usedMs
    this.#measuredAt = now
    return { cpuRatio: this.#cpuRatio, ...(await this.#sampleStreams()) }
  }

  async #sampleStreams(): Promise<Omit<Sample, 'cpuRatio'>> {
    if (this.#queue.length === 0) this.#queue = [...this.#consumers.keys()]
    const open = this.#queue.splice(0, sampledConsumers).filter(({ closed }) => !closed)
    const sampled = open.filter(({ paused }) => !paused)
    for (const consumer of open.filter(({ paused }) => paused)) this.#noteSilent(consumer)
    const results = await Promise.allSettled(sampled.map((consumer) => consumer.getStats()))
    let packets = 0
    const losses: number[] = []
    for (const [index, result] of results.entries()) {
      const consumer = sampled[index]
      const seen = consumer && this.#consumers.get(consumer)
      // One that was closed meanwhile has nothing to say.
      if (!seen || result.status === 'rejected') continue
      const stat = result.value.find(({ type }) => type === 'outbound-rtp')
      if (!stat) continue
      packets += this.#note(seen, stat.packetCount)
      losses.push(stat.fractionLost / 256)
    }
    return { packets, lossRatio: losses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.length) }
  }

  #note(seen: Seen, packets: number): number {
    const now = performance.now()
    const sent = Math.max(0, packets - seen.packets)
    seen.packetsPerSecond = sent / Math.max(0.001, (now - seen.sampledAt) / 1_000)
    seen.packets = packets
    seen.sampledAt = now
    seen.isSampled = true
    return sent
  }

  #noteSilent(consumer: types.Consumer): void {
    const seen = this.#consumers.get(consumer)
    if (seen) Object.assign(seen, { packetsPerSecond: 0, isSampled: true })
  }
}
