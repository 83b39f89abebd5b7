import type { MediaKind, MediaSource } from '@secureconnect/protocol'
import type { types } from 'mediasoup-client'
import type { SignalingPush } from './frames.ts'
import { type Connectivity, openTransport, restartIce } from './transport.ts'

type Offer = Extract<SignalingPush, { type: 'consumer.new' }>

/** Something that somebody else publishes, as it comes in here. */
export type RemoteTrack = {
  readonly consumerId: string
  readonly participantId: string
  readonly source: MediaSource
  readonly kind: MediaKind
  readonly track: MediaStreamTrack
}

type Outlets = {
  begun: (remote: RemoteTrack) => void
  ended: (remote: RemoteTrack) => void
  fault: (error: unknown) => void
}

type Received = { remote: RemoteTrack; consumer: types.Consumer }

/** What the others publish: each stream that the server offers is taken, and begins once it is ready here. */
export class Receiver {
  readonly #outlets: Outlets
  readonly #received = new Map<string, Received>()
  #connectivity: Connectivity
  #transport: Promise<types.Transport>
  /** Offers are taken one after the other, and their ends after them. */
  #turn: Promise<void> = Promise.resolve()

  constructor(connectivity: Connectivity, outlets: Outlets) {
    this.#connectivity = connectivity
    this.#outlets = outlets
    this.#transport = this.#open()
  }

  get tracks(): RemoteTrack[] {
    return [...this.#received.values()].map(({ remote }) => remote)
  }

  offer(offer: Offer): void {
    const opening = this.#transport
    this.#enqueue(async () => {
      const transport = await opening
      // Where its maker had to be asked twice, offers come for one that nobody took.
      if (!transport.closed && transport.id === offer.transport_id) await this.#take(transport, offer)
    })
  }

  withdraw(consumerId: string): void {
    this.#enqueue(async () => this.#drop(consumerId))
  }

  async restartIce(): Promise<void> {
    await restartIce(await this.#transport, this.#connectivity.ask)
  }

  async setIceServers(iceServers: Connectivity['iceServers']): Promise<void> {
    this.#connectivity = { ...this.#connectivity, iceServers }
    const transport = await this.#transport
    if (!transport.closed) await transport.updateIceServers({ iceServers: [...iceServers] })
  }

  /** Is offered everything again: what the server had for us is gone. */
  rebuild(connectivity: Connectivity): void {
    this.#connectivity = connectivity
    const before = this.#transport
    this.#closeTransport()
    this.#transport = this.#open(before)
  }

  close(): void {
    this.#closeTransport()
  }

  async stats(): Promise<RTCStatsReport> {
    return (await this.#transport).getStats()
  }

  /** One that is still being asked for would take the place of the next one at the server, so that one waits for it. */
  #open(before?: Promise<unknown>): Promise<types.Transport> {
    const open = () => openTransport('recv', this.#connectivity)
    const opening = before ? before.then(open, open) : open()
    opening.catch(this.#outlets.fault)
    return opening
  }

  #closeTransport(): void {
    this.#transport.then(
      (transport) => transport.close(),
      () => undefined,
    )
    for (const consumerId of [...this.#received.keys()]) this.#drop(consumerId)
  }

  #enqueue(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch(this.#outlets.fault)
  }

  async #take(transport: types.Transport, offer: Offer): Promise<void> {
    const { consumer_id: consumerId, producer_id: producerId, participant_id: participantId, source, kind } = offer
    // The contract and the library describe the same objects, with other words for what is left open.
    const rtpParameters = offer.rtp_parameters as types.RtpParameters
    // What is seen and heard together is of one stream, so that it stays together.
    const streamId = source.startsWith('screen') ? `${participantId}-screen` : participantId
    const { encryption } = this.#connectivity
    const onRtpReceiver = (receiver: RTCRtpReceiver) => encryption?.receives(receiver, { participantId, source })
    const described = { id: consumerId, producerId, kind, rtpParameters, streamId }
    const consumer = await transport.consume({ ...described, onRtpReceiver })
    const remote: RemoteTrack = { consumerId, participantId, source, kind, track: consumer.track }
    this.#received.set(consumerId, { remote, consumer })
    this.#outlets.begun(remote)
    this.#connectivity.ask('consumer.ready', { consumer_ids: [consumerId] }).catch(this.#outlets.fault)
  }

  #drop(consumerId: string): void {
    const received = this.#received.get(consumerId)
    if (!received) return
    this.#received.delete(consumerId)
    received.consumer.close()
    this.#outlets.ended(received.remote)
  }
}
