import type { types } from 'mediasoup'
import { Delivery } from './delivery.ts'
import { LayerDemand } from './layer-demand.ts'
import type { Publication } from './peer.ts'

type Options = {
  /** Who speaks, by his id as a participant. */
  getSpeaker: () => string | null
  /** Tells a publisher how many layers of his anybody needs. */
  tell: (producer: types.Producer, layers: number) => void
}

/** Who receives what in a room, and so what of it is worth being sent at all. */
export class Audience {
  readonly #options: Options
  readonly #demand: LayerDemand
  readonly #byConsumer = new WeakMap<types.Consumer, Delivery>()
  readonly #byPublication = new Map<Publication, Set<Delivery>>()

  constructor(options: Options) {
    this.#options = options
    this.#demand = new LayerDemand(options.tell)
  }

  /** Looks after what is published, until it ends. */
  begin(publication: Publication): void {
    const { producer } = publication
    if (producer.closed || this.#byPublication.has(publication)) return
    this.#byPublication.set(publication, new Set())
    producer.observer.once('close', () => this.#byPublication.delete(publication))
    this.#noteDemand(publication)
  }

  /** Looks after what goes to a receiver; nothing of it is needed before he takes it. */
  add(consumer: types.Consumer, publication: Publication, { hasLine = true } = {}): void {
    const isSpeaking = () => this.#options.getSpeaker() === publication.participantId
    const delivery = new Delivery({ consumer, publication, isSpeaking, hasLine })
    this.#byConsumer.set(consumer, delivery)
    this.#byPublication.get(publication)?.add(delivery)
    consumer.observer.once('close', () => {
      this.#byPublication.get(publication)?.delete(delivery)
      this.#noteDemand(publication)
    })
  }

  /** Changes what goes to a receiver, and tells the publisher if somebody needs more or less of it now. */
  async change(consumer: types.Consumer, change: (delivery: Delivery) => Promise<void>): Promise<void> {
    const delivery = this.#byConsumer.get(consumer)
    if (!delivery) return
    const changing = change(delivery)
    // More of it is on its way while the worker is told.
    this.#noteDemand(delivery.publication)
    await changing
  }

  /** Somebody else speaks: his camera comes before the others, and no longer that of who spoke before. */
  async speakerChanged(before: string | null): Promise<void> {
    const people = [before, this.#options.getSpeaker()]
    const concerned = [...this.#byPublication].flatMap(([{ participantId, source }, deliveries]) => {
      return source === 'camera' && people.includes(participantId) ? [...deliveries] : []
    })
    await Promise.all(concerned.map((delivery) => delivery.update()))
  }

  /** How many layers of a video its publisher was told that anybody needs. */
  countWanted(producer: types.Producer): number {
    return this.#demand.countWanted(producer)
  }

  /** How many layers of a video a receiver looks at. */
  countWantedBy(consumer: types.Consumer): number {
    return this.#byConsumer.get(consumer)?.layersWanted ?? 0
  }

  #noteDemand(publication: Publication): void {
    const { producer } = publication
    const deliveries = this.#byPublication.get(publication)
    if (!deliveries || producer.kind !== 'video') return
    this.#demand.note(producer, Math.max(0, ...[...deliveries].map(({ layersWanted }) => layersWanted)))
  }
}
