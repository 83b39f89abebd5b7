import type { types } from 'mediasoup'
import type { Peer, Publication } from '../media/peer.ts'
import type { RoomMedia } from '../media/room-media.ts'
import { countMissing, countUnsent } from './missing-layers.ts'
import { scoreOf } from './score.ts'
import {
  type Counted,
  compareForwarded,
  compareReceived,
  countStreams,
  type Forwarded,
  type Window,
} from './stream-window.ts'

/** How well media go from somebody and to him; null where nothing goes, or nothing is known yet. */
export type Scores = { up: number | null; down: number | null }

/** Tells how many layers of a video anybody looks at, and how many a receiver. */
type Wanted = Pick<RoomMedia, 'countWanted' | 'countWantedBy'>

type Received = { publication: Publication; window: Window }
type Sent = { consumer: types.Consumer; window: Window }
type Stat = types.RtpStreamRecvStats | types.RtpStreamSendStats

/** What was closed meanwhile has nothing to say, nor has what was on a worker that died. */
function ask<T>(object: { getStats(): Promise<T> }): Promise<T | undefined> {
  return object.getStats().catch(() => undefined)
}

/** One stream of each kind stands for the line, on which all go: to ask each of them would cost too much. */
function choose(consumers: readonly types.Consumer[]): types.Consumer[] {
  const flowing = consumers.filter(({ paused, producerPaused, closed }) => !paused && !producerPaused && !closed)
  return (['audio', 'video'] as const).flatMap((kind) => flowing.find((consumer) => consumer.kind === kind) ?? [])
}

/** Of all that somebody looks at, not only of what was measured: this costs nothing. */
function averageMissing(consumers: readonly types.Consumer[], wanted: Wanted): number {
  const missing = consumers.flatMap((consumer) => {
    return consumer.paused ? [] : (countMissing(consumer, wanted.countWantedBy(consumer)) ?? [])
  })
  return missing.reduce((sum, layers) => sum + layers, 0) / Math.max(1, missing.length)
}

/** Whether silence means that nothing comes through: of what is shared, or nobody looks at, nothing may have to come. */
function isExpected({ source }: Publication, wanted: number): boolean {
  return source === 'mic' || (source === 'camera' && wanted > 0)
}

/** The worst stream is what somebody complains of. */
const worstOf = (scores: readonly number[]) => (scores.length === 0 ? null : Math.min(...scores))

/** Measures one participant's streams again and again, each time since the time before. */
export class PeerMeter {
  #received = new Map<Publication, Counted>()
  #sent = new Map<types.Consumer, Forwarded>()

  async measure(peer: Peer, layers: Wanted): Promise<Scores> {
    const [sent, received] = await Promise.all([this.#measureSent(peer), this.#measureReceived(peer)])
    // Only what we send is answered with the time that it took: that is the way of both directions.
    const roundTripMs = Math.max(0, ...sent.map(({ window }) => window.roundTripMs))
    const missing = averageMissing(peer.consumers, layers)
    const up = received.flatMap(({ publication, window }) => {
      const { producer } = publication
      const wanted = layers.countWanted(producer)
      if (window.packets === 0) return isExpected(publication, wanted) ? 0 : []
      return scoreOf({ ...window, roundTripMs, missingLayers: countUnsent(producer, wanted) })
    })
    const down = sent.map(({ consumer, window }) => {
      return scoreOf({ ...window, missingLayers: consumer.kind === 'video' ? missing : 0 })
    })
    return { up: peer.isCut('send') ? 0 : worstOf(up), down: peer.isCut('recv') ? 0 : worstOf(down) }
  }

  async #measureReceived(peer: Peer): Promise<Received[]> {
    const before = this.#received
    this.#received = new Map()
    const open = peer.publications.filter(({ producer }) => !producer.paused && !producer.closed)
    const measured = open.map(async (publication): Promise<Received[]> => {
      const stats = await ask(publication.producer)
      if (!stats) return []
      const [earlier, now] = [before.get(publication), countStreams(stats)]
      this.#received.set(publication, now)
      return earlier ? [{ publication, window: compareReceived(earlier, now) }] : []
    })
    return (await Promise.all(measured)).flat()
  }

  async #measureSent(peer: Peer): Promise<Sent[]> {
    const before = this.#sent
    this.#sent = new Map()
    const measured = choose(peer.consumers).map(async (consumer): Promise<Sent[]> => {
      const stats: readonly Stat[] | undefined = await ask(consumer)
      if (!stats) return []
      const source = stats.filter(({ type }) => type === 'inbound-rtp')
      const sent = countStreams(stats.filter(({ type }) => type === 'outbound-rtp'))
      const now = { sent, source: countStreams(source), sourceSsrc: source[0]?.ssrc }
      const earlier = before.get(consumer)
      const window = earlier && compareForwarded(earlier, now)
      this.#sent.set(consumer, { ...now, unmissed: window?.unmissed ?? 0 })
      return window ? [{ consumer, window }] : []
    })
    return (await Promise.all(measured)).flat()
  }
}
