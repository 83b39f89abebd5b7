import type { types } from 'mediasoup'
import { mediaCodecs } from './codecs.ts'
import type { MediaWorker } from './media-worker.ts'
import type { WorkerPool } from './worker-pool.ts'

/** Where some of a room's people send to and receive from: the room's router on one worker. */
export type Hub = { readonly worker: MediaWorker; readonly router: types.Router }

/** A stream and the hub that it is sent to. */
export type Stream = { readonly hub: Hub; readonly producer: types.Producer }

/** The routers of one room, one on each worker that it uses, joined by pipes; they end together. */
export class RoomRouters {
  readonly #pool: Pick<WorkerPool, 'choose'>
  readonly #hubs = new Map<MediaWorker, Promise<Hub>>()
  readonly #brought = new Map<string, Promise<unknown>>()
  #isClosed = false

  constructor(pool: Pick<WorkerPool, 'choose'>) {
    this.#pool = pool
  }

  /** A hub for somebody who comes to a room that has so many streams on its workers: on one of these, or on another one. */
  async place(streams: ReadonlyMap<MediaWorker, number>): Promise<Hub> {
    const used = [...this.#hubs.keys()].map((worker) => [worker, streams.get(worker) ?? 0] as const)
    const worker = await this.#pool.choose(new Map(used))
    const known = this.#hubs.get(worker)
    if (known) return known
    const created = this.#create(worker)
    this.#hubs.set(worker, created)
    created.catch(() => this.#hubs.delete(worker))
    return created
  }

  /** Has a stream at a hub, by a pipe if it is sent to another one. */
  async bring({ hub: { router }, producer }: Stream, hub: Hub): Promise<void> {
    if (hub.router === router) return
    const key = `${producer.id} ${hub.router.id}`
    const known = this.#brought.get(key)
    const bringing = known ?? router.pipeToRouter({ producerId: producer.id, router: hub.router, enableRtx: true })
    if (!known) {
      this.#brought.set(key, bringing)
      const forget = () => this.#brought.delete(key)
      bringing.catch(forget)
      producer.observer.once('close', forget)
    }
    await bringing
  }

  uses(worker: MediaWorker): boolean {
    return this.#hubs.has(worker)
  }

  close(): void {
    this.#isClosed = true
    for (const hub of this.#hubs.values()) {
      // A hub that failed or was just being made has no router, or closes it by itself.
      hub.then(({ router }) => router.close()).catch(() => undefined)
    }
  }

  async #create(worker: MediaWorker): Promise<Hub> {
    const router = await worker.createRouter(mediaCodecs)
    if (this.#isClosed) router.close()
    return { worker, router }
  }
}
