import type { types } from 'mediasoup'

type Layered = Pick<types.Consumer, 'currentLayers' | 'score' | 'type' | 'rtpParameters'>

/** The highest of its layers that the publisher sends at all: what he does not send, no receiver misses. */
function highestSent({ type, score: { producerScores }, rtpParameters: { encodings } }: Layered): number {
  if (type === 'simulcast') return producerScores.findLastIndex((score) => score > 0)
  const [, layers = '1'] = /^[LSK](\d)/.exec(encodings?.[0]?.scalabilityMode ?? '') ?? []
  return Number(layers) - 1
}

/** How many layers somebody gets less of a video than he looks at and could have; undefined for one without layers. */
export function countMissing(consumer: Layered, wanted: number): number | undefined {
  if (consumer.type !== 'simulcast' && consumer.type !== 'svc') return undefined
  const highest = Math.min(highestSent(consumer), wanted - 1)
  return Math.max(0, highest - (consumer.currentLayers?.spatialLayer ?? -1))
}

/**
 * How many layers of a video its publisher does not send any more, of those that somebody looks at: small pictures never
 * had all of them.
 */
export function countUnsent({ type, score }: Pick<types.Producer, 'type' | 'score'>, wanted: number): number {
  if (type !== 'simulcast') return 0
  const sent = score.filter((layer) => layer.score > 0).length
  return Math.max(0, Math.min(wanted, score.length) - sent)
}
