/** Scores of one direction, added up. */
export type Rating = { sum: number; count: number; worst: number | null }

export const unrated: Rating = { sum: 0, count: 0, worst: null }

export function rate({ sum, count, worst }: Rating, score: number | null): Rating {
  if (score === null) return { sum, count, worst }
  return { sum: sum + score, count: count + 1, worst: Math.min(worst ?? score, score) }
}
