/** What came of a stream in one window of time, and how. */
export type Impairments = {
  /** Of all packets, those that never came, not even when sent again. */
  lossRatio: number
  jitterMs: number
  roundTripMs: number
  /** Layers of video that were wanted and did not come. */
  missingLayers: number
}

export const bestScore = 5

/** From here on people talk into each other's words. */
const tolerableDelayMs = 160

const impairment = { perLostPercent: 2.5, perMissingLayer: 20 } as const

/**
 * How well a stream comes through, from 0 to 5.
 *
 * It is the E-model of ITU-T G.107 in its usual short form, as LiveKit's connection quality is: a delay of one way, with
 * the two jitters that a buffer waits for, costs a point of R for each 40 ms as long as it goes unnoticed, and ten times
 * as much for what comes on top; a percent of lost packets costs two and a half. A missing layer halves a picture, which
 * people rate one step of five lower. The model takes impairments to add up, so a poor line that lowers the picture to
 * lose less is not taken for a good one. What codec it is makes no difference: R begins at 100, for the question is
 * what the network takes away.
 *
 * The score is a twentieth of R. Between R 50, where nearly all are dissatisfied, and 90 that is within 0.2 of the MOS
 * that G.107 makes of it, while MOS itself neither reaches 5 nor goes below 1.
 */
export function scoreOf({ lossRatio, jitterMs, roundTripMs, missingLayers }: Impairments): number {
  const delayMs = roundTripMs / 2 + jitterMs * 2
  const unnoticed = Math.min(delayMs, tolerableDelayMs) / 40
  const noticed = Math.max(0, delayMs - tolerableDelayMs) / 10
  const loss = 100 * lossRatio * impairment.perLostPercent
  const r = 100 - unnoticed - noticed - loss - missingLayers * impairment.perMissingLayer
  return Math.min(bestScore, Math.max(0, r / 20))
}

/** As people are shown it: finer steps would say more than anybody knows, and change all the time. */
export function roundScore(score: number | null): number | null {
  return score === null ? null : Math.round(score * 2) / 2
}
