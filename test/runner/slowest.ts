import { relative } from 'node:path'

const shownFiles = 10

/** The files that took longest, one a line; none of a run so small that everybody sees them. */
export function listSlowest(root: string, tookMs: ReadonlyMap<string, number>): string[] {
  if (tookMs.size <= shownFiles) return []
  const slowest = [...tookMs].toSorted(([, a], [, b]) => b - a).slice(0, shownFiles)
  return [
    'the slowest files:',
    ...slowest.map(([file, ms]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${relative(root, file)}`),
  ]
}
