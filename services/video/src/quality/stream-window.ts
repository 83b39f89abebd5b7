import type { types } from 'mediasoup'
import type { Impairments } from './score.ts'

/** What has come of a stream so far, as its receiver counted it. */
export type Counted = {
  /** Packets that came here, or left from here. */
  packets: number
  /** Of those that the sender sent. */
  lost: number
  /** Lost ones that came when they were sent again. */
  repaired: number
  jitterMs: number
  roundTripMs: number
}

/** How a stream went in a window of time. */
export type Window = Omit<Impairments, 'missingLayers'> & { packets: number }

type Stat = types.RtpStreamRecvStats | types.RtpStreamSendStats

const clockRates = { audio: 48_000, video: 90_000 } as const

function sumOf(stats: readonly Stat[], count: (stat: Stat) => number): number {
  return stats.reduce((sum, stat) => sum + count(stat), 0)
}

/** Adds up the streams that something is sent in; of several layers the worst jitter counts. */
export function countStreams(stats: readonly Stat[]): Counted {
  const largest = (of: (stat: Stat) => number) => Math.max(0, ...stats.map(of))
  return {
    packets: sumOf(stats, ({ packetCount }) => packetCount),
    lost: sumOf(stats, ({ packetsLost }) => packetsLost),
    repaired: sumOf(stats, ({ packetsRepaired }) => packetsRepaired),
    // Mediasoup has it in ticks of the stream's clock.
    jitterMs: largest(({ jitter, kind }) => (jitter * 1_000) / clockRates[kind === 'audio' ? 'audio' : 'video']),
    roundTripMs: largest(({ roundTripTime = 0 }) => roundTripTime),
  }
}

const since = (before: number, now: number) => Math.max(0, now - before)

/** What was lost between two counts and did not come later either. */
function lostSince(before: Counted, now: Counted): number {
  return since(since(before.repaired, now.repaired), since(before.lost, now.lost))
}

/** How a stream that is sent to us went between two counts of what came. */
export function compareReceived(before: Counted, now: Counted): Window {
  const packets = since(before.packets, now.packets)
  const lost = lostSince(before, now)
  const { jitterMs, roundTripMs } = now
  return { packets, lossRatio: lost === 0 ? 0 : lost / (packets + lost), jitterMs, roundTripMs }
}

/** A stream that we pass on: how it comes to us, and how it comes to whom we send it. */
export type Forwarded = {
  source: Counted
  sourceSsrc: number | undefined
  sent: Counted
  /** Lost on the way to us before this count, and not missed by its receiver until then: he reports later. */
  unmissed: number
}

/**
 * How a stream that we pass on went between two counts; undefined where there was nothing to pass on. What was lost on
 * the way to us its receiver misses too, now or in the next window, which is not his line's doing.
 */
export function compareForwarded(
  before: Forwarded,
  now: Omit<Forwarded, 'unmissed'>,
): (Window & Pick<Forwarded, 'unmissed'>) | undefined {
  // Another layer is another stream, which was counted from its own beginning.
  const isSame = before.sourceSsrc === now.sourceSsrc
  const source = isSame ? compareReceived(before.source, now.source) : undefined
  const packets = since(before.sent.packets, now.sent.packets)
  if (packets === 0 && !source?.packets) return undefined
  const lostBefore = isSame ? lostSince(before.source, now.source) : 0
  const missable = isSame ? before.unmissed + lostBefore : 0
  const missed = lostSince(before.sent, now.sent)
  const lost = since(missable, missed)
  const unmissed = Math.min(lostBefore, since(missed, missable))
  const { jitterMs, roundTripMs } = now.sent
  return { packets, lossRatio: packets === 0 ? 1 : Math.min(1, lost / packets), jitterMs, roundTripMs, unmissed }
}
