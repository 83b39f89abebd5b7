import { type Answered, percentile } from '../shared/offer.ts'
import type { Verdict } from '../shared/verdicts.ts'
import { offeredPerSecond } from './changes.ts'
import { groupMembers, type ReceiptFrames } from './receipts.ts'

export type Found = { changes: ReadonlyMap<string, Answered[]>; receipts: ReceiptFrames }

const goals = { changeP99Ms: 50, framesPerClientSecond: 1 } as const

const failedOf = (answered: readonly Answered[]) => answered.filter(({ status }) => status !== 200).length

export function describeFound({ changes, receipts }: Found): string[] {
  const rows = [...changes].map(([name, answered]) => {
    const [p50, p99] = [percentile(answered, 0.5).toFixed(1), percentile(answered, 0.99).toFixed(1)]
    return `| ${name} | ${p50} | ${p99} | ${failedOf(answered)} |`
  })
  return [
    `| request to answer, ${offeredPerSecond}/s offered over REST | p50 ms | p99 ms | failed |`,
    '|---|---:|---:|---:|',
    ...rows,
    '',
    `| a group of ${groupMembers} who all read as fast as they can | |`,
    '|---|---:|',
    `| reads a second | ${Math.round(receipts.readsPerSecond).toLocaleString('en')} |`,
    `| frames a second to each socket | ${receipts.framesPerClientSecond.toFixed(2)} |`,
  ]
}

export function judge({ changes, receipts }: Found): Verdict[] {
  const paced = [...changes].flatMap(([name, answered]): Verdict[] => {
    const p99 = percentile(answered, 0.99)
    const failed = failedOf(answered)
    return [
      { goal: `${name} p99 ≤ ${goals.changeP99Ms} ms`, found: `${p99.toFixed(1)} ms`, isMet: p99 <= goals.changeP99Ms },
      { goal: `${name}: none refused`, found: `${failed}`, isMet: failed === 0 },
    ]
  })
  const { framesPerClientSecond } = receipts
  const goal = `receipts of ${groupMembers} people, frames a second and client ≤ ${goals.framesPerClientSecond}`
  const isMet = framesPerClientSecond <= goals.framesPerClientSecond
  return [...paced, { goal, found: framesPerClientSecond.toFixed(2), isMet }]
}
