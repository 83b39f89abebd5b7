import type { types } from 'mediasoup'
import type { MediaConfig } from './media-settings.ts'
import { WorkerLoad } from './worker-load.ts'

type Options = {
  program: string
  index: number
  config: MediaConfig
  onDied: (worker: MediaWorker, error: Error) => void
}

type Parts = { index: number; worker: types.Worker; server: types.WebRtcServer; port: number | undefined }

function listenOn({ mediaListenAddress, mediaAnnouncedAddress, mediaPortBase }: MediaConfig, index: number) {
  return (['udp', 'tcp'] as const).map((protocol) => ({
    protocol,
    ip: mediaListenAddress,
    announcedAddress: mediaAnnouncedAddress,
    ...(mediaPortBase !== 0 && { port: mediaPortBase + index }),
  }))
}

/** Mediasoup ends its workers as soon as somebody asks the process to stop, while calls still go on: we end them ourselves. */
function keepFromSignals(worker: types.Worker): void {
  if (!('onSignal' in worker) || typeof worker.onSignal !== 'function')
    throw new Error('Mediasoup handles signals anew')
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, worker.onSignal as () => void)
}

/** One process that forwards media, with the port at which clients reach it. */
export class MediaWorker {
  static async create({ program, index, config, onDied }: Options): Promise<MediaWorker> {
    // Loaded with the first call: a service without calls does without.
    const { createWorker } = await import('mediasoup')
    const worker = await createWorker({ workerBin: program, logLevel: 'error' })
    try {
      keepFromSignals(worker)
      const server = await worker.createWebRtcServer({ listenInfos: listenOn(config, index) })
      const { udpSockets } = await server.dump()
      const media = new MediaWorker({ index, worker, server, port: udpSockets[0]?.port })
      worker.on('died', (error) => onDied(media, error))
      return media
    } catch (error) {
      worker.close()
      throw error
    }
  }

  readonly index: number
  readonly pid: number
  /** Where clients send their media to. */
  readonly port: number | undefined
  readonly load = new WorkerLoad()
  readonly server: types.WebRtcServer
  readonly #worker: types.Worker

  private constructor({ index, worker, server, port }: Parts) {
    this.index = index
    this.pid = worker.pid
    this.port = port
    this.server = server
    this.#worker = worker
  }

  get isClosed(): boolean {
    return this.#worker.closed
  }

  createRouter(mediaCodecs: types.RouterRtpCodecCapability[]): Promise<types.Router> {
    return this.#worker.createRouter({ mediaCodecs })
  }

  measure(): ReturnType<WorkerLoad['measure']> {
    return this.load.measure(this.#worker)
  }

  close(): void {
    this.#worker.close()
  }
}
