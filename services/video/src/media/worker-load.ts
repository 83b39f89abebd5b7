import type { types } from 'mediasoup'

/** What one worker does at most, as measured: packets with AES-GCM; and the consumers that make so many. */
const mostPacketsPerSecond = 25_000
const mostConsumers = 500
/** What was added lately is not in the measurements yet. */
const rampUpMs = 10_000
/** So many streams are asked how many packets they have sent, each time others. */
const sampledConsumers = 25

type Seen = { addedAt: number; packets: number; sampledAt: number; packetsPerSecond: number }
type Sample = { cpuRatio: number; packets: number; lossRatio: number }

/** How much one worker has to do: what it was measured to do, and what came on top since. */
export class WorkerLoad {
  readonly #consumers = new Map<types.Consumer, Seen>()
  #queue: types.Consumer[] = []
  #usedMs: number | undefined
  #measuredAt = performance.now()
  #cpuRatio = 0

  get consumers(): number {
    return this.#consumers.size
  }

  add(consumer: types.Consumer): void {
    const now = performance.now()
    this.#consumers.set(consumer, { addedAt: now, packets: 0, sampledAt: now, packetsPerSecond: 0 })
    consumer.observer.once('close', () => this.#consumers.delete(consumer))
  }

  /** The share of what it can do that it has to do now, or will have soon: 1 is all. */
  get ratio(): number {
    const now = performance.now()
    let packetsPerSecond = 0
    let young = 0
    for (const seen of this.#consumers.values()) {
      packetsPerSecond += seen.packetsPerSecond
      young += Math.max(0, 1 - (now - seen.addedAt) / rampUpMs)
    }
    return Math.max(this.#cpuRatio, packetsPerSecond / mostPacketsPerSecond) + young / mostConsumers
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
    const sampled = this.#queue.splice(0, sampledConsumers).filter(({ closed, paused }) => !closed && !paused)
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
    return sent
  }
}
