import { prepareWorker } from '@secureconnect/media-worker'
import { startProbe } from '@secureconnect/resilience'
import type { Dependency } from '@secureconnect/service'
import { mediaNotReady } from '../errors.ts'
import type { MediaEvents } from '../events/media-events.ts'
import type { MediaConfig } from './media-settings.ts'

type Options = {
  config: Pick<MediaConfig, 'mediasoupWorkerBin' | 'secureconnectCache'>
  events: Pick<MediaEvents, 'workerPrepared' | 'workerPreparing' | 'workerMissing'>
}

const probeTimeoutMs = 1_500

/** The program that workers run: nobody waits for it; until it is there calls say how far it is. */
export class WorkerProgram implements Disposable {
  readonly dependency: Dependency
  readonly #closing = new AbortController()
  readonly #prepared: Promise<string>
  #path: string | undefined
  #progress = 'looked for'

  constructor({ config, events }: Options) {
    this.#prepared = prepareWorker({
      given: config.mediasoupWorkerBin,
      cacheFolder: config.secureconnectCache,
      signal: this.#closing.signal,
      onProgress: (progress) => {
        if (this.#isClosed) return
        this.#progress = progress
        events.workerPreparing(progress)
      },
    })
    this.#prepared.then(
      (path) => {
        if (this.#isClosed) return
        this.#path = path
        events.workerPrepared(path)
      },
      (error: Error) => {
        if (this.#isClosed) return
        this.#progress = error.message
        events.workerMissing(error)
      },
    )
    const probe = startProbe({ name: 'media', check: () => this.#prepared, timeoutMs: probeTimeoutMs })
    this.dependency = { required: false, probe }
  }

  /** Who ends meanwhile is told nothing more: there may be nobody left to be told. */
  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** Where it is; refused while it is not there. */
  get path(): string {
    if (this.#path === undefined) throw mediaNotReady(this.#progress)
    return this.#path
  }

  [Symbol.dispose](): void {
    this.#closing.abort()
    this.dependency.probe.close()
  }
}
