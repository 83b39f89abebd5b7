import type { Call, MediaSource, ParticipantQuality, RoomParticipant, WaitingPerson } from '@secureconnect/protocol'
import { createEmitter, type Emitter } from '../emitter.ts'
import { ConnectionError } from '../errors.ts'
import type { BrowserDevice } from './browser-device.ts'
import type { CallEvents, Entering } from './call-events.ts'
import { CallKeys } from './call-keys.ts'
import type { AskRoom, EnteredRoom, SignalingServerFrame } from './frames.ts'
import { type PictureSize, PictureSizes } from './picture-sizes.ts'
import { Publisher } from './publisher.ts'
import { Receiver, type RemoteTrack } from './receiver.ts'
import { Room } from './room.ts'
import { type Ending, Signaling, type SignalingOptions } from './signaling.ts'
import type { Connectivity } from './transport.ts'
import { watchElement } from './watch-element.ts'

/** How a call stands that one may be in. */
const live = ['ringing', 'active']

type Media = { publisher: Publisher; receiver: Receiver; sizes: PictureSizes }

type Options = Entering &
  Pick<SignalingOptions, 'access' | 'callId' | 'way' | 'findPath'> & {
    device: BrowserDevice
    /** Tells the service that one hangs up, over whatever line there is. */
    leave: () => Promise<unknown>
  }

/** A call that one is in: it comes back by itself after a break, with everything that was published and received. */
export class OngoingCall {
  /** Enters a call; done when one is in it, and was let in. Throws where the service or a moderator says no. */
  static async enter(options: Options): Promise<OngoingCall> {
    const call = new OngoingCall(options)
    const giveUp = () => void call.hangUp().catch(() => undefined)
    options.signal?.addEventListener('abort', giveUp)
    call.#signaling.open()
    await call.#entered.promise.finally(() => options.signal?.removeEventListener('abort', giveUp))
    return call
  }

  readonly callId: string
  readonly on: Emitter<CallEvents>['on']
  readonly #emit: Emitter<CallEvents>['emit']
  readonly #options: Options
  readonly #signaling: Signaling
  readonly #room = new Room()
  readonly #keys: CallKeys
  readonly #entered = Promise.withResolvers<void>()
  #device: Promise<Connectivity['device']> | undefined
  #connectivity: Connectivity | undefined
  #media: Media | undefined
  #isOver = false

  private constructor(options: Options) {
    const { on, emit } = createEmitter<CallEvents>()
    this.on = on
    this.#emit = emit
    this.#options = options
    this.callId = options.callId
    this.#keys = new CallKeys({
      encryption: options.encryption,
      callId: options.callId,
      ask: (...asked) => this.#signaling.ask(...asked),
      findUser: (participantId) => this.#room.find(participantId)?.user_id,
      onDropped: (dropped) => this.#emit('frames.dropped', dropped),
      fault: (error) => this.#emit('fault', error),
    })
    this.#signaling = new Signaling({
      ...options,
      rtpCapabilities: options.device.rtpCapabilities,
      onJoined: (reply) => void this.#begin(reply).catch((error) => this.#fail(error)),
      onWaiting: (call) => options.onWaiting?.(call),
      onFrame: (frame) => this.#receive(frame),
      onState: (state) => this.#emit('state', state),
      onEnded: (ending) => this.#end(ending),
    })
  }

  /** Oneself, as the others see one: one's role, and what a moderator lets nothing of through. */
  get own(): RoomParticipant | undefined {
    return this.#room.own
  }

  /** Who else is in it. */
  get participants(): readonly RoomParticipant[] {
    return this.#room.participants
  }

  /** The call as it stands: whether it is locked, has a lobby and is recorded. */
  get details(): Call | undefined {
    return this.#room.details
  }

  /** Who waits to be let in, as far as one moderates the call. */
  get waiting(): readonly WaitingPerson[] {
    return this.#room.waiting
  }

  /** How well media go to and from somebody, oneself or another; undefined as long as that is not known. */
  qualityOf(participantId: string): ParticipantQuality | undefined {
    return this.#room.qualityOf(participantId)
  }

  /** What of the others is received. */
  get tracks(): readonly RemoteTrack[] {
    return this.#media?.receiver.tracks ?? []
  }

  /**
   * Sends a track, in place of the one before where the source is published. It is the call's own from now on, which
   * stops it as soon as it is not sent any more.
   */
  async publish(source: MediaSource, track: MediaStreamTrack): Promise<void> {
    try {
      await this.#withMedia(({ publisher }) => publisher.publish(source, track, this.#holds(source)))
    } catch (error) {
      track.stop()
      throw error
    }
  }

  /** Sends it no more; with a screen goes what it sounds like. */
  unpublish(source: MediaSource): Promise<void> {
    return this.#withMedia(({ publisher }) => publisher.unpublish(source))
  }

  mute(source: MediaSource): Promise<void> {
    return this.#withMedia(({ publisher }) => publisher.setMuted(source, true))
  }

  unmute(source: MediaSource): Promise<void> {
    return this.#withMedia(({ publisher }) => publisher.setMuted(source, false))
  }

  /** Has as much of a picture come as an element shows of it, and nothing while it is off screen, until that is ended. */
  watch(consumerId: string, element: Element): () => void {
    return watchElement(element, (size) => this.noteSize(consumerId, size))
  }

  /** Has as much of a picture come as one needs who shows it in another way: in pixels, 0 by 0 where nobody sees it. */
  noteSize(consumerId: string, size: PictureSize): void {
    const isThere = this.tracks.some((remote) => remote.consumerId === consumerId)
    if (isThere) this.#media?.sizes.note(consumerId, size)
  }

  /** Asks the server for anything else of the protocol, as `consumer.prefer` and `data.send`. */
  get ask(): AskRoom {
    return this.#signaling.ask
  }

  /** What the browser counts of what is sent and received. */
  async stats(): Promise<{ sent: RTCStatsReport | undefined; received: RTCStatsReport | undefined }> {
    const [sent, received] = await Promise.all([this.#media?.publisher.stats(), this.#media?.receiver.stats()])
    return { sent, received }
  }

  /** Leaves; the call goes on if there are others left to talk. */
  async hangUp(): Promise<void> {
    this.#end({ reason: 'left' })
    await this.#options.leave()
  }

  #holds(source: MediaSource): boolean {
    return this.own?.held_sources.includes(source) ?? false
  }

  async #withMedia(work: (media: Media) => Promise<void>): Promise<void> {
    if (!this.#media) throw new ConnectionError('The call is over.')
    await work(this.#media)
  }

  async #begin(reply: EnteredRoom): Promise<void> {
    this.#room.enter(reply)
    this.#device ??= this.#options.device.createDevice(reply.router_rtp_capabilities)
    const { ask } = this.#signaling
    const { ice_servers: iceServers, ice_transport_policy: policy } = reply
    const getMostBitrate = () => reply.most_bitrates[this.own?.role ?? 'listener']
    const encryption = this.#keys.begin(reply)
    this.#connectivity = { device: await this.#device, ask, iceServers, policy, getMostBitrate, encryption }
    if (this.#isOver) return
    if (!this.#media) {
      this.#media = this.#createMedia(this.#connectivity)
      return this.#entered.resolve()
    }
    this.#emit('returned', undefined)
    if (reply.recovered) await this.#mend(iceServers)
    else this.#rebuild()
  }

  /** Without media one is in no call; who has had them keeps what there is. */
  #fail(error: unknown): void {
    if (this.#media) return this.#emit('fault', error)
    this.#end({ reason: 'refused', error })
    // Where the service cannot be told, it finds out by itself.
    this.#options.leave().catch(() => undefined)
  }

  #createMedia(connectivity: Connectivity): Media {
    const fault = (error: unknown) => {
      if (!this.#isOver) this.#emit('fault', error)
    }
    const sizes = new PictureSizes({ ask: connectivity.ask, fault })
    return {
      sizes,
      publisher: new Publisher(connectivity, { ended: (source) => this.#emit('source.ended', source), fault }),
      receiver: new Receiver(connectivity, {
        begun: (remote) => this.#emit('track', remote),
        ended: (remote) => {
          sizes.forget(remote.consumerId)
          this.#emit('track.ended', remote)
        },
        fault,
      }),
    }
  }

  /** The line is back and the media are as they were, unless the network is another one now. */
  async #mend(iceServers: Connectivity['iceServers']): Promise<void> {
    await this.#setIceServers(iceServers)
    await Promise.all([this.#media?.publisher.restartIce(), this.#media?.receiver.restartIce()])
  }

  async #setIceServers(iceServers: Connectivity['iceServers']): Promise<void> {
    await Promise.all([
      this.#media?.publisher.setIceServers(iceServers),
      this.#media?.receiver.setIceServers(iceServers),
    ])
  }

  #rebuild(): void {
    if (!this.#connectivity) return
    this.#media?.receiver.rebuild(this.#connectivity)
    this.#media?.publisher.rebuild(this.#connectivity)
  }

  #receive(frame: SignalingServerFrame): void {
    this.#take(frame)
    // Each frame goes out under its own type, which TypeScript cannot follow.
    if (!this.#isOver) this.#emit(frame.type, frame as never)
  }

  #take(frame: SignalingServerFrame): void {
    const heldBefore = this.#room.own?.held_sources ?? []
    this.#room.take(frame)
    this.#keys.take(frame)
    const fault = (error: unknown) => this.#emit('fault', error)
    switch (frame.type) {
      case 'participant.updated':
        return this.#silence(heldBefore)
      case 'participant.left':
        return frame.participant_id === this.own?.participant_id
          ? this.#end({ reason: frame.reason ?? 'left' })
          : undefined
      case 'consumer.new':
        return this.#media?.receiver.offer(frame)
      case 'consumer.closed':
        return this.#media?.receiver.withdraw(frame.consumer_id)
      case 'producer.control':
        return void this.#media?.publisher.limitLayers(frame.producer_id, frame.layers_needed).catch(fault)
      case 'media.reset':
        return this.#rebuild()
      case 'ice_servers':
        return void this.#setIceServers(frame.ice_servers).catch(fault)
      case 'call.state':
        return live.includes(frame.call.status) ? undefined : this.#end({ reason: 'ended', call: frame.call })
      default:
        return
    }
  }

  /** What is held from now on is let through again only once one unmutes. */
  #silence(heldBefore: readonly MediaSource[]): void {
    const held = this.own?.held_sources ?? []
    for (const source of held.filter((one) => !heldBefore.includes(one))) {
      this.#media?.publisher.setMuted(source, true).catch((error) => this.#emit('fault', error))
    }
  }

  #end(ending: Ending): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#signaling.close()
    this.#media?.publisher.close()
    this.#media?.receiver.close()
    this.#media?.sizes.close()
    this.#keys.close()
    this.#media = undefined
    this.#entered.reject(ending.error ?? new ConnectionError('The call is over.'))
    this.#emit('ended', ending)
  }
}
