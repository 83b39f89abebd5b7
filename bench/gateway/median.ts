/** The middle of some numbers, and how far the outermost lie from it, as a share. */
export function summarize(numbers: readonly number[]): { median: number; spread: number } {
  const sorted = numbers.toSorted((a, b) => a - b)
  const median = sorted[sorted.length >> 1] ?? Number.NaN
  const [lowest = median] = sorted
  const highest = sorted.at(-1) ?? median
  return { median, spread: Math.max(median - lowest, highest - median) / median }
}

export function medianOf(numbers: readonly number[]): number {
  return summarize(numbers).median
}
