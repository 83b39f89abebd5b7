import type { HealthRow } from '@secureconnect/directory'

type Counts = Record<string, Record<string, number>>

/** What the running processes of each service count, added up. */
export function sumCounts(rows: readonly HealthRow[]): Counts {
  const sums: Counts = {}
  for (const { service, counts } of rows.filter((row) => row.is_current)) {
    const sum = sums[service] ?? {}
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count
    sums[service] = sum
  }
  return sums
}
