import type { types } from 'mediasoup'
import { chooseLayer, type Size } from './choose-layer.ts'
import { Climb } from './climb.ts'
import { countLayers } from './layer-demand.ts'
import type { Publication } from './peer.ts'

/** Where a line is too thin for all, what has the higher number comes first, and as well as it can. */
const priorities = { screen: 30, speaker: 20, others: 1 }

/** What a receiver asks for beside what he shows: no more than so many layers, and what comes first. */
export type Preference = { spatial?: number | undefined; temporal?: number | undefined; priority?: number | undefined }

type Layers = types.ConsumerLayers

type Options = {
  consumer: types.Consumer
  publication: Publication
  /** Whether the publisher is who speaks. */
  isSpeaking: () => boolean
  /** Whether it goes over a line, which may be too thin; else whatever is sent comes. */
  hasLine: boolean
}

/** What of one stream goes to one receiver: as much as he shows of it, and the screen and whoever speaks first. */
export class Delivery {
  readonly consumer: types.Consumer
  readonly publication: Publication
  readonly #options: Options
  readonly #layers: number
  /** Whether he takes the stream at all. */
  #isTaken = false
  /** How large he shows it; who does not say so may show it as large as he likes. */
  #shown: Size | undefined
  #preference: Preference = {}
  /** What the worker was told last. */
  #asked: Layers | undefined
  #turn: Promise<void> = Promise.resolve()
  readonly #climb = new Climb()
  #rising: NodeJS.Timeout | undefined
  #isLooking = false

  constructor(options: Options) {
    this.#options = options
    this.consumer = options.consumer
    this.publication = options.publication
    this.#layers = countLayers(options.publication.producer)
    if (this.#layers > 1 && options.hasLine) this.#followLine()
  }

  /** How many layers of it he looks at. */
  get layersWanted(): number {
    return this.#isFlowing && !this.consumer.closed ? this.#highest + 1 : 0
  }

  take(isTaken: boolean): Promise<void> {
    this.#isTaken = isTaken
    return this.update()
  }

  /** Notes how large a picture is shown, if at all; what is heard goes on. */
  show(shown: Size): Promise<void> {
    if (this.consumer.kind === 'video') this.#shown = shown
    return this.update()
  }

  prefer(preference: Preference): Promise<void> {
    this.#preference = { ...this.#preference, ...preference }
    return this.update()
  }

  /** Has the worker do what is wanted now; whoever changes his mind meanwhile has the last word. */
  update(): Promise<void> {
    const work = this.#turn.then(() => this.#settle())
    this.#turn = work.catch(() => undefined)
    return work
  }

  get #isOffScreen(): boolean {
    return this.#shown !== undefined && this.#shown.width * this.#shown.height === 0
  }

  get #isFlowing(): boolean {
    return this.#isTaken && !this.#isOffScreen
  }

  get #highest(): number {
    const { picture } = this.publication
    const layers = this.#layers
    const needed =
      this.#shown && !this.#isOffScreen ? chooseLayer(this.#shown, { layers, ...(picture && { picture }) }) : layers - 1
    return Math.min(needed, this.#preference.spatial ?? needed)
  }

  get #priority(): number {
    const { source } = this.publication
    if (this.#preference.priority !== undefined) return this.#preference.priority
    if (source === 'screen') return priorities.screen
    return source === 'camera' && this.#options.isSpeaking() ? priorities.speaker : priorities.others
  }

  /** Watches what the line makes of it: after a fall it has to stay small for a while. */
  #followLine(): void {
    const { consumer } = this
    const look = () => {
      // Whether nothing comes because it was paused is told right after.
      if (!this.#isLooking) setImmediate(() => this.#look())
      this.#isLooking = true
    }
    for (const change of ['layerschange', 'producerpause', 'producerresume'] as const) consumer.on(change, look)
    consumer.observer.once('close', () => clearTimeout(this.#rising))
  }

  #look(): void {
    const { consumer } = this
    this.#isLooking = false
    if (consumer.closed) return
    const isPaused = consumer.paused || consumer.producerPaused
    const layer = isPaused ? undefined : (consumer.currentLayers?.spatialLayer ?? -1)
    const nowMs = performance.now()
    this.#climb.note(layer, { wanted: this.#highest, nowMs })
    clearTimeout(this.#rising)
    const waitMs = this.#climb.mayRiseAt(nowMs) - nowMs
    if (waitMs > 0) this.#rising = setTimeout(() => this.#look(), waitMs).unref()
    // Where the worker has died there is nothing left to change.
    this.update().catch(() => undefined)
  }

  async #settle(): Promise<void> {
    const { consumer } = this
    if (consumer.closed) return
    if (!this.#isFlowing && !consumer.paused) await consumer.pause()
    await this.#setLayers()
    if (consumer.kind === 'video' && consumer.priority !== this.#priority) await consumer.setPriority(this.#priority)
    if (this.#isFlowing && consumer.paused) await consumer.resume()
  }

  async #setLayers(): Promise<void> {
    const { consumer } = this
    if (consumer.type !== 'simulcast' && consumer.type !== 'svc') return
    const { temporal } = this.#preference
    const spatial = Math.min(this.#highest, this.#climb.ceiling(performance.now()))
    const layers: Layers = { spatialLayer: spatial, ...(temporal !== undefined && { temporalLayer: temporal }) }
    const { spatialLayer, temporalLayer } = this.#asked ?? { spatialLayer: this.#layers - 1 }
    if (spatialLayer === layers.spatialLayer && temporalLayer === layers.temporalLayer) return
    this.#asked = layers
    await consumer.setPreferredLayers(layers)
  }
}
