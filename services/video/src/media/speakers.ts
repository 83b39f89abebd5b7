import type { SignalingServerFrame } from '@secureconnect/protocol'
import type { types } from 'mediasoup'
import type { Publication } from './peer.ts'
import type { Hub, RoomRouters } from './room-routers.ts'

/** Who speaks is told twice a second at most, and of the loudest. */
const everyMs = 500
const loudest = 5
const audibleAbove = -60
/** Smaller differences are not worth a frame. */
const levelStep = 5

export type SpeakersFrame = Extract<SignalingServerFrame, { type: 'speakers' }>

type Options = {
  routers: RoomRouters
  tell: (frame: SpeakersFrame) => void
  activeChanged: (before: string | null) => void
}

type Observers = { hub: Hub; levels: types.AudioLevelObserver; active: types.ActiveSpeakerObserver }

/** Listens to a room's microphones, from the first one on, and tells who speaks. */
export class Speakers {
  readonly #options: Options
  readonly #participants = new Map<string, string>()
  #observers: Promise<Observers> | undefined
  #active: string | null = null
  #told = ''

  constructor(options: Options) {
    this.#options = options
  }

  /** Who speaks, or spoke last. */
  get active(): string | null {
    return this.#active
  }

  async add(publication: Publication): Promise<void> {
    const { producer, participantId } = publication
    this.#observers ??= this.#create(publication.hub)
    const { hub, levels, active } = await this.#observers
    await this.#options.routers.bring(publication, hub)
    if (producer.closed) return
    this.#participants.set(producer.id, participantId)
    producer.observer.once('close', () => this.#forget(producer.id))
    const { id: producerId } = producer
    await Promise.all([levels.addProducer({ producerId }), active.addProducer({ producerId })])
  }

  async #create(hub: Hub): Promise<Observers> {
    const options = { interval: everyMs, maxEntries: loudest, threshold: audibleAbove }
    const levels = await hub.router.createAudioLevelObserver(options)
    const active = await hub.router.createActiveSpeakerObserver()
    levels.on('volumes', (volumes) => this.#tell(volumes))
    levels.on('silence', () => this.#tell([]))
    active.on('dominantspeaker', ({ producer }) => {
      this.#setActive(this.#participants.get(producer.id) ?? null)
    })
    return { hub, levels, active }
  }

  #tell(volumes: readonly types.AudioLevelObserverVolume[]): void {
    const heard = volumes.flatMap(({ producer, volume }) => {
      const participant_id = this.#participants.get(producer.id)
      const level = Math.round(volume / levelStep) * levelStep
      return participant_id === undefined ? [] : { participant_id, level }
    })
    const frame: SpeakersFrame = { type: 'speakers', active: this.#active, levels: heard }
    const text = JSON.stringify(frame)
    if (text === this.#told) return
    this.#told = text
    this.#options.tell(frame)
  }

  #setActive(participantId: string | null): void {
    const before = this.#active
    this.#active = participantId
    if (before !== participantId) this.#options.activeChanged(before)
  }

  #forget(producerId: string): void {
    if (this.#active === this.#participants.get(producerId)) this.#setActive(null)
    this.#participants.delete(producerId)
  }
}
