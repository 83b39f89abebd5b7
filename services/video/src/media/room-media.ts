import { setTimeout as delay } from 'node:timers/promises'
import type { RtpCapabilities } from '@secureconnect/protocol'
import type { types } from 'mediasoup'
import { mediaGone } from '../errors.ts'
import type { MediaEvents } from '../events/media-events.ts'
import { Audience } from './audience.ts'
import { countStreams } from './count-streams.ts'
import type { Delivery } from './delivery.ts'
import { describeOffer } from './describe-offer.ts'
import { offerCapabilities } from './fit-capabilities.ts'
import type { MostBitrates } from './most-bitrates.ts'
import { type Participant, toPassingFrame } from './participant.ts'
import { Peer, type PeerListener, type Publication, type Publishing } from './peer.ts'
import { RoomRouters } from './room-routers.ts'
import { Speakers } from './speakers.ts'
import { Tap } from './tap.ts'
import type { WorkerPool } from './worker-pool.ts'

/** A room whose worker died and that gets none for so long sends its people away for a while. */
const recoverWithinMs = 10_000
const retryEveryMs = 200

type Options = {
  callId: string
  pool: WorkerPool
  events: MediaEvents
  people: ReadonlyMap<string, Participant>
  mostBitrates: MostBitrates
  /** Tells all others what somebody publishes now. */
  publishedChanged: (participant: Participant) => void
  /** Told of what somebody publishes from now on. */
  published: (participant: Participant, publication: Publication) => void
  /** Told when no worker could be had. */
  gone: () => void
}

/** What is built on routers, and ends with them. */
type Stage = { routers: RoomRouters; speakers: Speakers; audience: Audience }

/** The streams of a room: who publishes what, who is offered what; made anew when its worker dies. */
export class RoomMedia {
  readonly #options: Options
  readonly #stopListening: () => void
  /** Who had a place when a worker died, and has none yet: another one may die meanwhile. */
  readonly #unseated = new Set<Participant>()
  #stage: Stage
  #isClosed = false

  constructor(options: Options) {
    this.#options = options
    this.#stage = this.#createStage()
    this.#stopListening = options.pool.onDied((dead) => {
      if (this.#stage.routers.uses(dead)) void this.#reset()
    })
  }

  /** Gives somebody a place for his media, with nothing on it, unless he got another one while it was looked for. */
  async seat(participant: Participant, isWanted: () => boolean): Promise<void> {
    const stage = this.#stage
    const peers = [...this.#options.people.values()].flatMap(({ peer }) => (peer?.isClosed === false ? peer : []))
    const hub = await stage.routers.place(countStreams(peers))
    if (!isWanted()) return
    const { rtpCapabilities } = participant
    if (stage !== this.#stage || hub.router.closed || !rtpCapabilities) throw mediaGone()
    participant.peer?.close()
    const { id: participantId, standing, traffic } = participant
    const listener = this.#listenerOf(participant)
    const rights = { held: standing.held_sources, mostBitrate: this.#options.mostBitrates[standing.role] }
    participant.peer = new Peer({ participantId, hub, rtpCapabilities, ...rights, traffic, listener })
  }

  /** Has somebody's media keep to what he is in the call by now. */
  async restrain({ peer, standing }: Participant): Promise<void> {
    await Promise.all([
      peer?.hold(standing.held_sources),
      peer?.limit.change(this.#options.mostBitrates[standing.role]),
    ])
  }

  /** Makes a transport; whatever the others publish is offered on one for receiving, once its maker knows of it. */
  async createTransport(participant: Participant, direction: 'send' | 'recv'): Promise<types.WebRtcTransport> {
    const transport = await this.getPeer(participant).createTransport(direction)
    if (direction === 'recv') setImmediate(() => this.#offerAll(participant))
    return transport
  }

  async publish(participant: Participant, publishing: Publishing): Promise<Publication> {
    this.#options.pool.assertRoom()
    const peer = this.getPeer(participant)
    const { publication, isNew } = await peer.publish(publishing)
    if (!isNew) return publication
    this.#stage.audience.begin(publication)
    this.#options.publishedChanged(participant)
    this.#options.published(participant, publication)
    setImmediate(() => {
      this.#offerToAll(publication)
      if (publication.source === 'mic') this.#listen(publication)
    })
    return publication
  }

  /** Pauses or resumes what somebody publishes; answers whether that changed anything. */
  async setPaused(participant: Participant, producerId: string, isPaused: boolean): Promise<boolean> {
    const peer = this.getPeer(participant)
    const publication = peer.getPublication(producerId)
    const hasChanged = await peer.setPaused(publication, isPaused)
    // While it was held it was offered to nobody.
    if (hasChanged && !isPaused) this.#offerToAll(publication)
    return hasChanged
  }

  /** Starts, stops or changes streams that somebody receives; answers those that he does not. */
  async changeDeliveries(
    participant: Participant,
    ids: readonly string[],
    change: (delivery: Delivery) => Promise<void>,
  ): Promise<string[]> {
    const { audience } = this.#stage
    const consumers = this.getPeer(participant).findConsumers(ids)
    // One whose publisher has just ended it is not there any more, whoever heard of that.
    const isOver = ({ closed, producerId }: types.Consumer) => closed || !this.#findPublication(producerId)
    await Promise.all(
      consumers.map((consumer) =>
        audience.change(consumer, change).catch((error) => {
          if (!isOver(consumer)) throw error
        }),
      ),
    )
    const known = new Set(consumers.flatMap((consumer) => (isOver(consumer) ? [] : consumer.id)))
    return ids.filter((id) => !known.has(id))
  }

  /** Has a stream go to a recorder as well, which looks at all there is of it. */
  async tap(publication: Publication, port: number): Promise<Tap> {
    const { audience } = this.#stage
    const take = (consumer: types.Consumer) => audience.change(consumer, (delivery) => delivery.take(true))
    const tap = await Tap.create(publication, { port, take })
    publication.hub.worker.load.add(tap.consumer)
    audience.add(tap.consumer, publication, { hasLine: false })
    return tap
  }

  /** How many layers of a video anybody looks at. */
  countWanted(producer: types.Producer): number {
    return this.#stage.audience.countWanted(producer)
  }

  /** How many layers of a video a receiver looks at, whether his line carries them or not. */
  countWantedBy(consumer: types.Consumer): number {
    return this.#stage.audience.countWantedBy(consumer)
  }

  /** What can be sent to the place that somebody has. */
  describeCapabilities(participant: Participant): RtpCapabilities {
    return offerCapabilities(this.getPeer(participant).hub.router.rtpCapabilities)
  }

  /** Somebody's media; refused while a worker has just died. */
  getPeer({ peer }: Participant): Peer {
    if (!peer || peer.isClosed) throw mediaGone()
    return peer
  }

  close(): void {
    this.#isClosed = true
    this.#stopListening()
    for (const { peer } of this.#options.people.values()) peer?.close()
    this.#stage.routers.close()
  }

  #createStage(): Stage {
    const routers = new RoomRouters(this.#options.pool)
    const speakers = new Speakers({
      routers,
      tell: (frame) => {
        const passing = toPassingFrame(frame)
        for (const participant of this.#options.people.values()) participant.deliver(passing)
      },
      activeChanged: (before) => {
        audience.speakerChanged(before).catch((error) => this.#options.events.streamFailed(this.#options.callId, error))
      },
    })
    const audience = new Audience({
      getSpeaker: () => speakers.active,
      tell: (producer, layers) => this.#tellDemand(producer, layers),
    })
    return { routers, speakers, audience }
  }

  /** A worker died: the room goes on on another one, with the same people. */
  async #reset(): Promise<void> {
    const { callId, events, people } = this.#options
    const startedAt = performance.now()
    this.#stage.routers.close()
    this.#stage = this.#createStage()
    for (const participant of people.values()) {
      if (!participant.peer) continue
      participant.peer.close()
      participant.peer = undefined
      this.#unseated.add(participant)
    }
    try {
      const seated = await this.#seatAgain(startedAt + recoverWithinMs)
      if (seated) events.roomReset(callId, { people: seated.length, tookMs: Math.round(performance.now() - startedAt) })
    } catch (error) {
      events.roomFailed(callId, error)
      this.#options.gone()
    }
  }

  /** Answers who has a place again; undefined where another worker died meanwhile, which has them seated anew. */
  async #seatAgain(untilMs: number): Promise<Participant[] | undefined> {
    const stage = this.#stage
    const seated = [...this.#unseated]
    const isMine = () => stage === this.#stage && !this.#isClosed
    for (const participant of seated) {
      const isWanted = () => isMine() && !participant.peer && this.#options.people.has(participant.id)
      while (isWanted()) {
        try {
          await this.seat(participant, isWanted)
        } catch (error) {
          if (isMine() && performance.now() > untilMs) throw error
          await delay(retryEveryMs)
        }
      }
    }
    if (!isMine()) return undefined
    this.#unseated.clear()
    for (const participant of seated) participant.push({ type: 'media.reset' })
    return seated
  }

  #offerAll(to: Participant): void {
    for (const { peer } of this.#options.people.values()) {
      if (peer === to.peer) continue
      for (const publication of peer?.publications ?? []) void this.#offer(publication, to)
    }
  }

  #offerToAll(publication: Publication): void {
    for (const other of this.#options.people.values()) {
      if (other.id !== publication.participantId) void this.#offer(publication, other)
    }
  }

  async #offer(publication: Publication, to: Participant): Promise<void> {
    const { peer } = to
    const isHeld = this.#options.people.get(publication.participantId)?.peer?.holds(publication)
    if (!peer?.canReceive || isHeld) return
    try {
      await this.#stage.routers.bring(publication, peer.hub)
      const received = await peer.consume(publication)
      if (!received) return
      this.#stage.audience.add(received.consumer, publication)
      to.push(describeOffer(publication, received))
    } catch (error) {
      // Whoever left, or what ended meanwhile, needs no offer.
      if (publication.producer.closed || peer.isClosed || !peer.canReceive) return
      this.#options.events.streamFailed(this.#options.callId, error)
    }
  }

  #listen(publication: Publication): void {
    this.#stage.speakers.add(publication).catch((error) => {
      if (!publication.producer.closed) this.#options.events.streamFailed(this.#options.callId, error)
    })
  }

  #tellDemand({ id: producer_id }: types.Producer, layers_needed: number): void {
    this.#findPublication(producer_id)?.by.push({ type: 'producer.control', producer_id, layers_needed })
  }

  #findPublication(producerId: string): { by: Participant; publication: Publication } | undefined {
    for (const by of this.#options.people.values()) {
      const publication = by.peer?.publications.find(({ producer }) => producer.id === producerId)
      if (publication) return { by, publication }
    }
    return undefined
  }

  #listenerOf(participant: Participant): PeerListener {
    const seatedAt = performance.now()
    let isConnected = false
    return {
      connected: () => {
        if (!isConnected) this.#options.events.mediaConnected(performance.now() - seatedAt)
        isConnected = true
      },
      unpublished: () => this.#options.publishedChanged(participant),
      consumerClosed: ({ id: consumer_id }) => participant.push({ type: 'consumer.closed', consumer_id }),
      layersChanged: ({ id: consumer_id, currentLayers }) => {
        const { spatialLayer: spatial = null, temporalLayer: temporal = null } = currentLayers ?? {}
        participant.push({ type: 'consumer.layers', consumer_id, spatial, temporal })
      },
    }
  }
}
