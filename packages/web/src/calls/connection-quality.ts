export type ConnectionQuality = 'good' | 'fair' | 'poor'

/** What scores from 0 to 5 mean to people; the worst of them counts. */
export function rateConnection(scores: readonly (number | null | undefined)[]): ConnectionQuality | undefined {
  const known = scores.filter((score) => score != null)
  if (known.length === 0) return undefined
  const least = Math.min(...known)
  return least >= 4 ? 'good' : least >= 2.5 ? 'fair' : 'poor'
}
