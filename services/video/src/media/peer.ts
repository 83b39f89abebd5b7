import { isDeepStrictEqual } from 'node:util'
import type { DtlsParameters, MediaKind, MediaSource, RtpCapabilities, RtpParameters } from '@secureconnect/protocol'
import type { types } from 'mediasoup'
import { held, noSuchProducer, noSuchTransport, notTaken, sourceTaken } from '../errors.ts'
import type { Size } from './choose-layer.ts'
import { fitCapabilities } from './fit-capabilities.ts'
import type { Hub, Stream } from './room-routers.ts'
import { SendLimit } from './send-limit.ts'
import type { Traffic } from './traffic.ts'
import { TransportBudget } from './transport-budget.ts'

type Direction = 'send' | 'recv'

/** Something that somebody publishes. */
export type Publication = Stream & {
  readonly participantId: string
  readonly source: MediaSource
  /** How large its picture is at its largest, if he said so. */
  readonly picture: Size | undefined
}

/** Told of what happens to a participant's media without his asking. */
export type PeerListener = {
  connected(): void
  unpublished(publication: Publication): void
  consumerClosed(consumer: types.Consumer): void
  layersChanged(consumer: types.Consumer): void
}

type Options = {
  participantId: string
  hub: Hub
  rtpCapabilities: RtpCapabilities
  /** Sources of which nothing is let through. */
  held: readonly MediaSource[]
  /** What he may send in all, in bits per second. */
  mostBitrate: number
  /** Counts what goes over his lines. */
  traffic: Traffic
  listener: PeerListener
}
/** Something that somebody is to receive, on one transport of his. */
export type Received = { readonly consumer: types.Consumer; readonly transportId: string }

export type Publishing = {
  transportId: string
  kind: MediaKind
  source: MediaSource
  rtpParameters: RtpParameters
  isPaused: boolean
  picture?: Size | undefined
}

const firstBitrate = 1_000_000

/**
 * The media of one participant: what he sends and what he receives. He reaches nothing but what is in here. Media that
 * mediasoup does not take are his fault; a worker that dies meanwhile is told by the pool.
 */
export class Peer {
  readonly hub: Hub
  readonly limit: SendLimit
  readonly #options: Options
  readonly #transports = new Map<Direction, types.WebRtcTransport>()
  readonly #budget = new TransportBudget()
  /** By what was asked for a transport was connected, or something published. */
  readonly #asked = new WeakMap<object, DtlsParameters | RtpParameters>()
  readonly #publications = new Map<MediaSource, Publication | undefined>()
  /** What he has paused himself, and what was held: only he resumes it. */
  readonly #paused = new Set<Publication>()
  #held: readonly MediaSource[]
  readonly #consumers = new Map<string, types.Consumer>()
  /** By the producer, from the moment that it is asked for: on each transport a stream is offered once. */
  #consumed = new Set<string>()
  #isClosed = false

  constructor(options: Options) {
    this.hub = options.hub
    this.#options = options
    this.#held = options.held
    this.limit = new SendLimit(options.mostBitrate)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  get canReceive(): boolean {
    return this.#transports.has('recv')
  }

  get consumers(): types.Consumer[] {
    return [...this.#consumers.values()]
  }

  /** How many streams flow to him. */
  get receiving(): number {
    return this.consumers.filter(({ paused, producerPaused }) => !paused && !producerPaused).length
  }

  /** Whether nothing answers any more at the other end of what he sends or receives on. */
  isCut(direction: Direction): boolean {
    return this.#transports.get(direction)?.iceState === 'disconnected'
  }

  get publications(): Publication[] {
    return [...this.#publications.values()].filter((publication) => publication !== undefined)
  }

  /** Makes the transport for one direction; it takes the place of the one before, with all on it. */
  async createTransport(direction: Direction): Promise<types.WebRtcTransport> {
    const { worker, router } = this.hub
    this.#budget.takeCreation(direction)
    const transport = await router.createWebRtcTransport({
      webRtcServer: worker.server,
      preferUdp: true,
      initialAvailableOutgoingBitrate: firstBitrate,
    })
    this.#options.traffic.follow(transport)
    if (this.#isClosed) this.#end(transport)
    const before = this.#transports.get(direction)
    if (before) this.#end(before)
    if (direction === 'recv') this.#consumed = new Set()
    this.#transports.set(direction, transport)
    transport.on('dtlsstatechange', (state) => {
      if (state === 'connected') this.#options.listener.connected()
    })
    if (direction === 'send') await this.limit.follow(transport)
    return transport
  }

  async connectTransport(transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    const transport = this.#findTransport(transportId)
    if (this.#isRepeated(transport, dtlsParameters)) return
    const { role, fingerprints } = dtlsParameters
    const upper = fingerprints.map(({ algorithm, value }) => ({ algorithm, value: value.toUpperCase() }))
    await transport.connect({ dtlsParameters: { fingerprints: upper, ...(role && { role }) } }).catch(refuse)
    this.#asked.set(transport, dtlsParameters)
  }

  restartIce(transportId: string): Promise<types.IceParameters> {
    const transport = this.#findTransport(transportId)
    this.#budget.takeRestart(transport)
    return transport.restartIce()
  }

  /** Publishes something; what he has published already by the same words is not new. */
  async publish(publishing: Publishing): Promise<{ publication: Publication; isNew: boolean }> {
    const { transportId, kind, source, rtpParameters, isPaused, picture } = publishing
    const transport = this.#findTransport(transportId)
    if (transport !== this.#transports.get('send')) throw noSuchTransport()
    assertFits({ kind, source, rtpParameters })
    this.limit.assertFits(rtpParameters)
    const known = this.#publications.get(source)
    if (known && this.#isRepeated(known, rtpParameters)) return { publication: known, isNew: false }
    if (this.#publications.has(source)) throw sourceTaken()
    // Whoever asks at the same moment finds it taken.
    this.#publications.set(source, undefined)
    // The schema has judged every value; the types differ in what they call unknown.
    const parameters = rtpParameters as types.RtpParameters
    try {
      const paused = isPaused || this.#held.includes(source)
      const producer = await transport.produce({ kind, rtpParameters: parameters, paused }).catch(refuse)
      const { participantId } = this.#options
      const publication = this.#add({ hub: this.hub, producer, source, picture, participantId })
      this.#asked.set(publication, rtpParameters)
      if (paused) this.#paused.add(publication)
      await this.hold(this.#held)
      return { publication, isNew: true }
    } catch (error) {
      this.#publications.delete(source)
      throw error
    }
  }

  /** Pauses what he publishes, or lets it go on unless it is held; answers whether that changed anything. */
  async setPaused(publication: Publication, isPaused: boolean): Promise<boolean> {
    if (!isPaused && this.holds(publication)) throw held()
    const wasPaused = publication.producer.paused
    if (isPaused) this.#paused.add(publication)
    else this.#paused.delete(publication)
    await this.#enforce(publication)
    return wasPaused !== isPaused
  }

  holds({ source }: Pick<Publication, 'source'>): boolean {
    return this.#held.includes(source)
  }

  /** Lets nothing of some sources through; what was held before stays paused until he resumes it. */
  async hold(sources: readonly MediaSource[]): Promise<void> {
    this.#held = sources
    const stopping = this.publications.filter(({ source }) => sources.includes(source))
    for (const publication of stopping) this.#paused.add(publication)
    await Promise.all(stopping.map((publication) => this.#enforce(publication)))
  }

  getPublication(producerId: string): Publication {
    const publication = this.publications.find(({ producer }) => producer.id === producerId)
    if (!publication) throw noSuchProducer()
    return publication
  }

  /** Makes a stream that is at his hub ready for him, paused; undefined where he has it, or cannot play it. */
  async consume({ producer }: Stream): Promise<Received | undefined> {
    const transport = this.#transports.get('recv')
    const consumed = this.#consumed
    const rtpCapabilities = fitCapabilities(this.#options.rtpCapabilities, this.hub.router.rtpCapabilities)
    const producerId = producer.id
    if (!transport || consumed.has(producerId)) return undefined
    if (!this.hub.router.canConsume({ producerId, rtpCapabilities })) return undefined
    consumed.add(producerId)
    const consumer = await transport.consume({ producerId, rtpCapabilities, paused: true }).catch((error) => {
      consumed.delete(producerId)
      throw error
    })
    consumer.observer.once('close', () => consumed.delete(producerId))
    if (consumer.closed || transport.closed) return undefined
    this.#follow(consumer)
    return { consumer, transportId: transport.id }
  }

  findConsumers(ids: readonly string[]): types.Consumer[] {
    return ids.flatMap((id) => this.#consumers.get(id) ?? [])
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const transport of this.#transports.values()) this.#end(transport)
    this.#publications.clear()
    this.#consumers.clear()
  }

  #end(transport: types.WebRtcTransport): void {
    if (!transport.closed) this.#options.traffic.end(transport)
    transport.close()
  }

  #add(publication: Publication): Publication {
    const { producer, source } = publication
    if (producer.closed) throw noSuchTransport()
    this.#publications.set(source, publication)
    producer.observer.once('close', () => {
      if (this.#isClosed || this.#publications.get(source) !== publication) return
      this.#publications.delete(source)
      this.#paused.delete(publication)
      this.#options.listener.unpublished(publication)
    })
    return publication
  }

  /** Whoever changes his mind while the worker is told has the last word. */
  async #enforce(publication: Publication): Promise<void> {
    const { producer } = publication
    while (!producer.closed && producer.paused !== this.#paused.has(publication)) {
      await (producer.paused ? producer.resume() : producer.pause())
    }
  }

  #follow(consumer: types.Consumer): void {
    const { listener } = this.#options
    this.#consumers.set(consumer.id, consumer)
    this.hub.worker.load.add(consumer)
    consumer.on('layerschange', () => listener.layersChanged(consumer))
    consumer.observer.once('close', () => {
      if (this.#consumers.delete(consumer.id) && !this.#isClosed) listener.consumerClosed(consumer)
    })
  }

  /** Whose answer was lost with his line asks once more for what is done already. */
  #isRepeated(done: object, parameters: DtlsParameters | RtpParameters): boolean {
    return isDeepStrictEqual(this.#asked.get(done), parameters)
  }

  #findTransport(transportId: string): types.WebRtcTransport {
    for (const transport of this.#transports.values()) {
      if (transport.id === transportId && !transport.closed) return transport
    }
    throw noSuchTransport()
  }
}

/** Mediasoup takes sound for video, if it is called so. */
function assertFits({ kind, source, rtpParameters }: Pick<Publishing, 'kind' | 'source' | 'rtpParameters'>): void {
  const isSound = source === 'mic' || source === 'screen_audio'
  const areOfKind = rtpParameters.codecs.every(({ mimeType }) => mimeType.startsWith(`${kind}/`))
  if (!areOfKind || isSound !== (kind === 'audio')) throw notTaken()
}

/** Mediasoup says what it does not like of parameters; unless it is the worker that is gone. */
function refuse(error: Error): never {
  throw error.name === 'WorkerClosedError' ? error : notTaken(error)
}
