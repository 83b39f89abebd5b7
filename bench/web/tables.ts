import type { Verdict } from '../shared/verdicts.ts'
import type { Timing, Timings } from './time-acts.ts'

export type Found = { slowdown: number; floor: Timings; ours: Timings }

const goals = { toPaintMs: 200 } as const

/** What an empty page does that is most like it. */
const alikes: Readonly<Record<string, string>> = { scroll: 'scroll', type: 'type', send: 'type' }

function quantile(timings: readonly Timing[], what: keyof Timing, share: number): number {
  const sorted = timings.map((one) => one[what]).toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const whole = (ms: number) => ms.toFixed(0)

export function describeTimings({ slowdown, floor, ours }: Found): string[] {
  const cells = (timings: readonly Timing[]) => [
    whole(quantile(timings, 'toPaint', 0.5)),
    whole(quantile(timings, 'toPaint', 1)),
    whole(quantile(timings, 'longestTask', 1)),
    whole(quantile(timings, 'untilShown', 0.5)),
    whole(quantile(timings, 'untilShown', 1)),
  ]
  const row = (...all: readonly string[]) => `| ${all.join(' | ')} |`
  return [
    row(
      slowdown === 1 ? 'on this machine' : `on a processor ${slowdown} times as slow`,
      'to paint, median ms',
      'longest',
      'longest task',
      'until shown, median',
      'longest',
      'of the empty page’s median to paint',
    ),
    '|---|---:|---:|---:|---:|---:|---:|',
    ...[...floor].map(([name, timings]) => row(`empty page: ${name}`, ...cells(timings), '1.0')),
    ...[...ours].map(([name, timings]) => {
      const bare = floor.get(alikes[name] ?? 'click') ?? []
      const ratio = quantile(timings, 'toPaint', 0.5) / quantile(bare, 'toPaint', 0.5)
      return row(name, ...cells(timings), ratio.toFixed(1))
    }),
    '',
  ]
}

export function judge({ slowdown, ours }: Found): Verdict[] {
  const where = slowdown === 1 ? '' : `, ${slowdown} times as slow`
  return [...ours].map(([name, timings]) => {
    const worst = Math.max(quantile(timings, 'toPaint', 1), quantile(timings, 'longestTask', 1))
    const isMet = worst <= goals.toPaintMs
    return {
      goal: `${name}${where}: to paint, and each task ≤ ${goals.toPaintMs} ms`,
      found: `${whole(worst)} ms`,
      isMet,
    }
  })
}
