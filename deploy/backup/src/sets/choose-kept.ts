/** Of how many days and weeks the newest set stays. */
export const kept = { days: 7, weeks: 4 } as const

const dayMs = 86_400_000

const dayOf = (at: Date) => Math.floor(at.getTime() / dayMs)
/** Weeks begin on Mondays; the first day that is counted was a Thursday. */
const weekOf = (at: Date) => Math.floor((dayOf(at) + 3) / 7)

/** The sets that stay: the newest of each of the last days and weeks that have any. */
export function chooseKept<T extends { startedAt: string }>(sets: readonly T[]): Set<T> {
  const newestFirst = sets.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))
  const newestOf = (partOf: (at: Date) => number, count: number) =>
    [...Map.groupBy(newestFirst, ({ startedAt }) => partOf(new Date(startedAt))).values()]
      .slice(0, count)
      .flatMap((some) => some.slice(0, 1))
  return new Set([...newestOf(dayOf, kept.days), ...newestOf(weekOf, kept.weeks)])
}
