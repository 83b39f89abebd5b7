import { type Answered, percentile } from '../shared/offer.ts'
import type { Verdict } from '../shared/verdicts.ts'
import { offeredPerSecond, warmSeconds } from './changes.ts'
import { groupMembers, type ReceiptFrames } from './receipts.ts'
import { conversations, messagesHere, type Searches, searchesPerSecond } from './search.ts'

export type Found = { changes: ReadonlyMap<string, Answered[]>; receipts: ReceiptFrames; searches: Searches }

const goals = { changeP99Ms: 50, framesPerClientSecond: 1, searchP99Ms: 150 } as const

const failedOf = (answered: readonly Answered[]) => answered.filter(({ status }) => status !== 200).length

function describeAnswered([name, answered]: [string, readonly Answered[]]): string {
  const [p50, p99] = [percentile(answered, 0.5).toFixed(1), percentile(answered, 0.99).toFixed(1)]
  return `| ${name} | ${p50} | ${p99} | ${failedOf(answered)} |`
}

function describeSearches({ indexedPerSecond, answered }: Searches): string[] {
  const [here, rate] = [messagesHere, Math.round(indexedPerSecond)].map((count) => count.toLocaleString('en'))
  return [
    `| searches, ${searchesPerSecond}/s offered: in one conversation of ${here} messages, or in it and ${conversations} others | p50 ms | p99 ms | failed |`,
    '|---|---:|---:|---:|',
    ...[...answered].map(describeAnswered),
    '',
    `Messages written and indexed a second, from an empty table: ${rate}`,
  ]
}

export function describeFound({ changes, receipts, searches }: Found): string[] {
  return [
    `| request to answer, ${offeredPerSecond}/s offered over REST, after ${warmSeconds} s of the same | p50 ms | p99 ms | failed |`,
    '|---|---:|---:|---:|',
    ...[...changes].map(describeAnswered),
    '',
    `| a group of ${groupMembers} who all read as fast as they can | |`,
    '|---|---:|',
    `| reads a second | ${Math.round(receipts.readsPerSecond).toLocaleString('en')} |`,
    `| frames a second to each socket | ${receipts.framesPerClientSecond.toFixed(2)} |`,
    '',
    ...describeSearches(searches),
  ]
}

function judgePaced(paced: ReadonlyMap<string, readonly Answered[]>, mostMs: number): Verdict[] {
  return [...paced].flatMap(([name, answered]): Verdict[] => {
    const p99 = percentile(answered, 0.99)
    const failed = failedOf(answered)
    return [
      { goal: `${name} p99 ≤ ${mostMs} ms`, found: `${p99.toFixed(1)} ms`, isMet: p99 <= mostMs },
      { goal: `${name}: none refused`, found: `${failed}`, isMet: failed === 0 },
    ]
  })
}

export function judge({ changes, receipts, searches }: Found): Verdict[] {
  const paced = [...judgePaced(changes, goals.changeP99Ms), ...judgePaced(searches.answered, goals.searchP99Ms)]
  const { framesPerClientSecond } = receipts
  const goal = `receipts of ${groupMembers} people, frames a second and client ≤ ${goals.framesPerClientSecond}`
  const isMet = framesPerClientSecond <= goals.framesPerClientSecond
  return [...paced, { goal, found: framesPerClientSecond.toFixed(2), isMet }]
}
