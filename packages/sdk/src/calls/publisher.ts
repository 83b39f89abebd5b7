import type { MediaSource } from '@secureconnect/protocol'
import type { types } from 'mediasoup-client'
import { ApiError } from '../errors.ts'
import { type Connectivity, openTransport, restartIce, type Sending } from './transport.ts'

/** How each source is sent: cameras in three sizes, of which the server passes on what each receiver can use. */
const sendOptions: Readonly<Record<MediaSource, types.ProducerOptions>> = {
  mic: { codecOptions: { opusDtx: true, opusFec: true } },
  camera: {
    encodings: [
      { scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: 'L1T3' },
      { scaleResolutionDownBy: 2, maxBitrate: 500_000, scalabilityMode: 'L1T3' },
      { scaleResolutionDownBy: 1, maxBitrate: 1_500_000, scalabilityMode: 'L1T3' },
    ],
  },
  screen: { encodings: [{ maxBitrate: 3_000_000, scalabilityMode: 'L1T3' }] },
  screen_audio: { codecOptions: { opusStereo: true, opusFec: true } },
}

type Publication = {
  readonly source: MediaSource
  track: MediaStreamTrack
  isMuted: boolean
  producer?: types.Producer
  /** The transport that carries it: with another one it is to be sent anew. */
  over?: Promise<types.Transport>
  /** The attempt under way to send it. */
  work?: Promise<void>
}

type Outlets = {
  /** A source ended by itself, as when somebody pulls the plug of his camera. */
  ended: (source: MediaSource) => void
  fault: (error: unknown) => void
}

/** What one publishes, sent anew whenever the server has lost it. */
export class Publisher {
  readonly #outlets: Outlets
  readonly #published = new Map<MediaSource, Publication>()
  #connectivity: Connectivity
  #transport: Promise<types.Transport> | undefined

  constructor(connectivity: Connectivity, outlets: Outlets) {
    this.#connectivity = connectivity
    this.#outlets = outlets
  }

  /** Sends a track, in place of the one before if there is one. The track is stopped when it is no longer sent. */
  async publish(source: MediaSource, track: MediaStreamTrack, isMuted = false): Promise<void> {
    const known = this.#published.get(source)
    if (known) return replaceTrack(known, track)
    const publication: Publication = { source, track, isMuted }
    this.#published.set(source, publication)
    try {
      await this.#send(publication)
    } catch (error) {
      if (this.#published.get(source) === publication) this.#published.delete(source)
      throw error
    }
  }

  async unpublish(source: MediaSource): Promise<void> {
    const also = source === 'screen' ? this.#drop('screen_audio') : undefined
    await Promise.all([this.#drop(source), also])
  }

  /** Goes on sending nothing, so that going on later is a matter of an instant. */
  async setMuted(source: MediaSource, isMuted: boolean): Promise<void> {
    const publication = this.#published.get(source)
    if (!publication) return
    publication.isMuted = isMuted
    try {
      await this.#tellMuted(publication)
    } catch (error) {
      // Whom a moderator has muted stays silent: what nobody lets through need not be sent.
      if (!isMuted && error instanceof ApiError && error.code === 'FORBIDDEN') {
        publication.isMuted = true
        publication.producer?.pause()
      }
      throw error
    }
  }

  /** Sends no more sizes than anybody looks at, and nothing of what nobody does. */
  async limitLayers(producerId: string, layers: number): Promise<void> {
    const publication = [...this.#published.values()].find(({ producer }) => producer?.id === producerId)
    const { producer } = publication ?? {}
    if (producer?.kind === 'video') await producer.setMaxSpatialLayer(layers - 1)
  }

  async restartIce(): Promise<void> {
    const transport = await this.#transport
    if (transport) await restartIce(transport, this.#connectivity.ask)
  }

  async setIceServers(iceServers: Connectivity['iceServers']): Promise<void> {
    this.#connectivity = { ...this.#connectivity, iceServers }
    const transport = await this.#transport
    if (transport && !transport.closed) await transport.updateIceServers({ iceServers: [...iceServers] })
  }

  /** Sends everything again: what the server had of it is gone. */
  rebuild(connectivity: Connectivity): void {
    this.#connectivity = connectivity
    this.#closeTransport()
    for (const publication of this.#published.values()) this.#send(publication).catch(this.#outlets.fault)
  }

  close(): void {
    for (const { track } of this.#published.values()) track.stop()
    this.#published.clear()
    this.#closeTransport()
  }

  async stats(): Promise<RTCStatsReport | undefined> {
    return (await this.#transport)?.getStats()
  }

  #closeTransport(): void {
    this.#transport?.then(
      (transport) => transport.close(),
      () => undefined,
    )
    this.#transport = undefined
  }

  #isCurrent(publication: Publication): boolean {
    return this.#published.get(publication.source) === publication
  }

  #isSent({ producer, over }: Publication): boolean {
    return producer !== undefined && !producer.closed && over === this.#transport
  }

  #send(publication: Publication): Promise<void> {
    publication.work ??= this.#produce(publication).finally(() => {
      delete publication.work
    })
    return publication.work
  }

  async #produce(publication: Publication): Promise<void> {
    const { source } = publication
    while (this.#isCurrent(publication) && !this.#isSent(publication)) {
      this.#transport ??= openTransport('send', this.#connectivity)
      const opening = this.#transport
      const transport = await opening.catch((error: unknown) => {
        if (this.#transport === opening) this.#transport = undefined
        throw error
      })
      const { track, isMuted } = publication
      const appData: Sending = { source, isMuted, picture: pictureOf(track) }
      track.enabled = !isMuted
      try {
        publication.producer = await transport.produce({
          ...this.#optionsOf(source),
          ...this.#encryptionOf(source),
          track,
          stopTracks: false,
          appData,
        })
        publication.over = opening
      } catch (error) {
        // A transport that was closed meanwhile has a follower, to be tried next.
        if (!transport.closed) throw error
        continue
      }
      publication.producer.on('trackended', () => this.#end(publication))
      // One that ended while it was being sent has said so to nobody.
      if (publication.track.readyState === 'ended') this.#end(publication)
      if (!this.#isCurrent(publication)) await this.#withdraw(publication)
      else if (isMuted !== publication.isMuted) await this.#tellMuted(publication)
      if (track !== publication.track) await publication.producer.replaceTrack({ track: publication.track })
    }
  }

  /** Has what is sent keep to what one may send. */
  #optionsOf(source: MediaSource): types.ProducerOptions {
    const { encodings, ...options } = sendOptions[source]
    if (!encodings) return options
    const sum = encodings.reduce((all, { maxBitrate = 0 }) => all + maxBitrate, 0)
    const share = Math.min(1, this.#connectivity.getMostBitrate() / sum)
    const limited = encodings.map((encoding) => ({
      ...encoding,
      maxBitrate: Math.floor((encoding.maxBitrate ?? 0) * share),
    }))
    return { ...options, encodings: limited }
  }

  /** Has what is sent sealed, from its first frame on; of pictures as VP8, whose packets need least that is not sealed. */
  #encryptionOf(source: MediaSource): types.ProducerOptions {
    const { encryption, device } = this.#connectivity
    if (!encryption) return {}
    const vp8 = device.sendRtpCapabilities.codecs?.find(({ mimeType }) => mimeType === 'video/VP8')
    const isPicture = source === 'camera' || source === 'screen'
    const onRtpSender = (sender: RTCRtpSender) => encryption.sends(sender, source)
    return { onRtpSender, ...(isPicture && vp8 && { codec: vp8 }) }
  }

  async #drop(source: MediaSource): Promise<void> {
    const publication = this.#published.get(source)
    if (!publication) return
    this.#published.delete(source)
    publication.track.stop()
    await this.#withdraw(publication)
  }

  #end(publication: Publication): void {
    if (!this.#isCurrent(publication)) return
    this.#outlets.ended(publication.source)
    this.unpublish(publication.source).catch(this.#outlets.fault)
  }

  async #withdraw({ producer }: Publication): Promise<void> {
    if (!producer || producer.closed) return
    producer.close()
    await this.#connectivity.ask('producer.close', { producer_id: producer.id })
  }

  async #tellMuted({ producer, isMuted }: Publication): Promise<void> {
    if (!producer || producer.closed) return
    if (isMuted) producer.pause()
    else producer.resume()
    await this.#connectivity.ask(isMuted ? 'producer.pause' : 'producer.resume', { producer_id: producer.id })
  }
}

/** What browsers tell of the size of a picture, and not of sound. */
function pictureOf(track: MediaStreamTrack): Sending['picture'] {
  const { width, height } = track.getSettings()
  return width && height ? { width, height } : undefined
}

async function replaceTrack(publication: Publication, track: MediaStreamTrack): Promise<void> {
  const before = publication.track
  const { producer } = publication
  publication.track = track
  try {
    // Where it is not sent yet, it will be this one.
    if (producer && !producer.closed) await producer.replaceTrack({ track })
  } catch (error) {
    // One that was closed meanwhile is followed by another, which sends this.
    if (!producer?.closed) throw error
  }
  if (before !== track) before.stop()
}
