import type { Outcome, ProcessName } from '@secureconnect/test/chaos'
import { medianOf } from '../gateway/median.ts'
import type { Verdict } from '../shared/verdicts.ts'
import type { Sample } from './memory.ts'
import type { Round, Soaked } from './rounds.ts'

const goals = { growth: 1.1, backMs: 15_000 } as const
/** What is declared for what is away; 0 is the store's own address, which does not answer while the store is away. */
const declared = [503, 504]

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0)
const describe = ({ act, status, code }: Outcome) => `${act}: ${status} ${code}`

function isUndeclared({ act, isDone, status, code }: Outcome): boolean {
  if (isDone || declared.includes(status)) return false
  // What was under way as a service ended may have been done, which is what this says.
  return code !== 'UPSTREAM_ERROR' && act !== 'download what is signed'
}

/** How the memory of each process grew since no service was ended any more: the medians of its first and last quarter. */
function measureGrowth({ samples, settledAtMs, endedAtMs }: Soaked) {
  const quarterMs = (endedAtMs - settledAtMs) / 4
  const middle = (own: readonly Sample[], pick: (sample: Sample) => number) => medianOf(own.map(pick))
  const names = [...new Set(samples.map(({ name }) => name))]
  return names.map((name) => {
    const own = samples.filter((sample) => sample.name === name)
    const first = own.filter(({ atMs }) => atMs >= settledAtMs && atMs < settledAtMs + quarterMs)
    const last = own.filter(({ atMs }) => atMs >= endedAtMs - quarterMs)
    const [rss, heap] = [({ rssBytes }: Sample) => rssBytes, ({ heapBytes }: Sample) => heapBytes]
    const [rssBefore, rssAfter] = [middle(first, rss), middle(last, rss)]
    return { name, rssBefore, rssAfter, heapBefore: middle(first, heap), heapAfter: middle(last, heap) }
  })
}

export function describeMemory(soaked: Soaked): string[] {
  return [
    '| memory, medians of a quarter of the time | RSS at first, MiB | RSS at last | heap at first | heap at last |',
    '|---|---:|---:|---:|---:|',
    ...measureGrowth(soaked).map(
      ({ name, rssBefore, rssAfter, heapBefore, heapAfter }) =>
        `| ${name} | ${[rssBefore, rssAfter, heapBefore, heapAfter].map(mebibytes).join(' | ')} |`,
    ),
  ]
}

function toRow({ fault, lastedMs, backAfterMs, struck, broken }: Round): string {
  const done = struck.filter(({ isDone }) => isDone).length
  const back = backAfterMs === undefined ? 'not all' : `${(backAfterMs / 1000).toFixed(1)} s`
  return `| ${fault} | ${(lastedMs / 1000).toFixed(0)} s | ${done} of ${struck.length} | ${back} | ${broken.join('; ') || '–'} |`
}

export function describeRounds({ rounds }: Soaked): string[] {
  return [
    '| fault | lasted | done meanwhile | all done again after | what was not kept |',
    '|---|---|---|---|---|',
    ...rounds.map(toRow),
  ]
}

const listFew = (names: readonly string[]) => [...new Set(names)].slice(0, 5).join(', ')

export function judge(soaked: Soaked): Verdict[] {
  const { rounds, acknowledged, heard, lost } = soaked
  const calm = rounds.flatMap((round) => round.calm)
  const refused = calm.filter(({ isDone }) => !isDone)
  const undeclared = rounds.flatMap(({ struck }) => struck.filter(isUndeclared))
  const back = Math.max(...rounds.map(({ backAfterMs = Number.POSITIVE_INFINITY }) => backAfterMs))
  const broken = rounds.flatMap((round) => round.broken)
  const growth = measureGrowth(soaked).map(({ name, rssBefore, rssAfter }) => ({ name, times: rssAfter / rssBefore }))
  const most = growth.reduce<{ name: ProcessName | ''; times: number }>((a, b) => (b.times > a.times ? b : a), {
    name: '',
    times: 0,
  })
  return [
    {
      goal: 'everything acknowledged is in the history once, and was heard live once and in order',
      found: lost ?? `${acknowledged} acknowledged, ${heard} heard`,
      isMet: lost === undefined,
    },
    {
      goal: 'without a fault every act is done',
      found: `${refused.length} of ${calm.length} not ${listFew(refused.map(describe))}`,
      isMet: refused.length === 0,
    },
    {
      goal: 'with one, no answer but 503 and 504, or 502 where it is not known what became of it',
      found: `${undeclared.length} others ${listFew(undeclared.map(describe))}`,
      isMet: undeclared.length === 0,
    },
    {
      goal: `everything is done again within ${goals.backMs / 1000} s of each return`,
      found: `${(back / 1000).toFixed(1)} s`,
      isMet: back <= goals.backMs,
    },
    {
      goal: 'what is wrong is seen in metrics and health within 10 s and gone within 10 s; the call is heard again',
      found: `${rounds.length} faults, ${broken.length} not`,
      isMet: broken.length === 0,
    },
    {
      goal: `memory of no process grows by more than ${((goals.growth - 1) * 100).toFixed(0)} %`,
      found: `${most.name} ${most.times.toFixed(2)} times`,
      isMet: most.times <= goals.growth,
    },
  ]
}
