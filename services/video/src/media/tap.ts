import type { types } from 'mediasoup'
import type { Publication } from './peer.ts'

const loopback = '127.0.0.1'
const askEveryMs = 1_000
/** Players can begin only at a picture that needs no other. */
const pictureEveryMs = 30_000

type Options = {
  port: number
  /** Has it flow, as to anybody who looks at all there is. */
  take: (consumer: types.Consumer) => Promise<void>
}

export type TapEnd = 'unpublished' | 'media_lost'

/** What a recorder can be sent: media as they are, without what is for players and lines that lose something. */
function plainCapabilities({ codecs = [] }: types.RtpCapabilities): types.RtpCapabilities {
  return {
    codecs: codecs
      .filter(({ mimeType }) => !mimeType.toLowerCase().endsWith('/rtx'))
      .map((codec) => ({
        ...codec,
        rtcpFeedback: (codec.rtcpFeedback ?? []).filter(({ type }) => type === 'ccm' || type === 'nack'),
      })),
    headerExtensions: [],
  } as types.RtpCapabilities
}

/** A stream on its way to two ports of this machine, where a recorder listens; paused until it does. */
export class Tap {
  static async create({ hub: { router }, producer }: Publication, { port, take }: Options): Promise<Tap> {
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: loopback },
      rtcpMux: false,
      comedia: false,
    })
    try {
      await transport.connect({ ip: loopback, port, rtcpPort: port + 1 })
      const rtpCapabilities = plainCapabilities(router.rtpCapabilities)
      const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities, paused: true })
      return new Tap(transport, consumer, take)
    } catch (error) {
      transport.close()
      throw error
    }
  }

  readonly consumer: types.Consumer
  readonly ended: Promise<TapEnd>
  readonly #transport: types.PlainTransport
  readonly #take: Options['take']

  private constructor(transport: types.PlainTransport, consumer: types.Consumer, take: Options['take']) {
    this.#take = take
    this.#transport = transport
    this.consumer = consumer
    const { promise, resolve } = Promise.withResolvers<TapEnd>()
    this.ended = promise
    consumer.on('producerclose', () => resolve('unpublished'))
    consumer.on('transportclose', () => resolve('media_lost'))
    const asking = setInterval(() => this.#askForPicture(), pictureEveryMs).unref()
    consumer.observer.once('close', () => clearInterval(asking))
    if (consumer.type !== 'simulcast') return
    const looking = setInterval(() => this.#lookForLarger().catch(() => undefined), askEveryMs).unref()
    consumer.observer.once('close', () => clearInterval(looking))
  }

  /**
   * Lets it flow; done with the first packet, which of a video begins a picture that needs no other. False where it ended
   * before.
   */
  async start(): Promise<boolean> {
    const first = Promise.withResolvers<true>()
    this.consumer.once('trace', () => first.resolve(true))
    await this.consumer.enableTraceEvent(['rtp'])
    await this.#take(this.consumer)
    const asking = setInterval(() => this.#askForPicture(), askEveryMs)
    const come = await Promise.race([first.promise, this.ended]).finally(() => clearInterval(asking))
    // One that is closed meanwhile tells nothing any more.
    if (!this.consumer.closed) this.consumer.enableTraceEvent([]).catch(() => undefined)
    return come === true
  }

  /** The first question may have been lost; one too many is left out by the worker. */
  #askForPicture(): void {
    if (this.consumer.kind === 'video') this.consumer.requestKeyFrame().catch(() => undefined)
  }

  /**
   * Has the worker choose anew where a larger picture is sent than comes. It looks by itself when a stream begins and at
   * its first report, but can switch only after the packet that follows; where it estimates a bandwidth it looks again,
   * which it does not on the way to a recorder.
   */
  async #lookForLarger(): Promise<void> {
    const { currentLayers: current, preferredLayers: wanted, score } = this.consumer
    const largest = score.producerScores.findLastIndex((one) => one > 0)
    if (!current || !wanted || current.spatialLayer >= Math.min(largest, wanted.spatialLayer)) return
    // To ask for the same again would change nothing.
    await this.consumer.setPreferredLayers({ ...wanted, spatialLayer: current.spatialLayer })
    await this.consumer.setPreferredLayers(wanted)
  }

  /** How many packets went to whoever listens. */
  async countSent(): Promise<number> {
    const stats = await this.consumer.getStats()
    return stats.find(({ type }) => type === 'outbound-rtp')?.packetCount ?? 0
  }

  close(): void {
    this.#transport.close()
  }
}
