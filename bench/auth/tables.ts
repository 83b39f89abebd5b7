import { type Answered, percentile } from '../shared/offer.ts'
import type { Verdict } from '../shared/verdicts.ts'
import { type LoginLoad, loginsPerSecond, readsPerSecond } from './login-load.ts'
import type { TokenChecks } from './token-checks.ts'

const goals = { readP99Ms: 100, excessMs: 1_200, memoryMb: 256, checksPerSecond: 20_000 } as const

const ms = (value: number) => value.toFixed(1)
const rate = (value: number) => Math.round(value).toLocaleString('en')

function withStatus(answered: readonly Answered[], status: number): Answered[] {
  return answered.filter((one) => one.status === status)
}

function toRow(name: string, answered: readonly Answered[], seconds: number): string {
  const [p50, p99] = [percentile(answered, 0.5), percentile(answered, 0.99)]
  return `| ${name} | ${ms(answered.length / seconds)} | ${ms(p50)} | ${ms(p99)} | ${ms(percentile(answered, 1))} |`
}

/** What was answered, by kind. */
export function describeLoad({ readsAlone, reads, logins }: LoginLoad, seconds: number): string[] {
  const statuses = [...new Set(logins.map(({ status }) => status))].toSorted()
  return [
    '| answers | per second | p50 ms | p99 ms | longest ms |',
    '|---|---:|---:|---:|---:|',
    toRow(`reads, ${readsPerSecond}/s offered, nobody logs in (floor)`, readsAlone, seconds / 2),
    toRow(`reads, ${readsPerSecond}/s offered, beside the logins`, reads, seconds),
    ...statuses.map((status) =>
      toRow(`logins, ${loginsPerSecond}/s offered, answered ${status}`, withStatus(logins, status), seconds),
    ),
  ]
}

export function describeChecks({ again, first, signature }: TokenChecks): string[] {
  return [
    '| token checks on one core | per second | of the bare signature |',
    '|---|---:|---:|',
    `| bare signature (floor) | ${rate(signature)} | |`,
    `| a token never seen | ${rate(first)} | ${(first / signature).toFixed(2)} |`,
    `| a token seen before | ${rate(again)} | ${(again / signature).toFixed(1)} |`,
  ]
}

export function judge({ readsAlone, reads, logins, maxRssBytes }: LoginLoad, { again }: TokenChecks): Verdict[] {
  const excess = withStatus(logins, 503)
  const excessMs = percentile(excess, 1)
  const others = logins.filter(({ status }) => status !== 200 && status !== 503)
  const failedReads = [...readsAlone, ...reads].filter(({ status }) => status !== 200)
  const [alone, beside] = [percentile(readsAlone, 0.99), percentile(reads, 0.99)]
  const memoryMb = maxRssBytes / 2 ** 20
  return [
    {
      goal: `p99 of reads < ${goals.readP99Ms} ms`,
      found: `${ms(beside)} ms, ${(beside / alone).toFixed(1)} times the floor`,
      isMet: beside < goals.readP99Ms,
    },
    { goal: 'no read fails', found: `${failedReads.length} failed`, isMet: failedReads.length === 0 },
    {
      goal: `excess logins: 503 and Retry-After within ${goals.excessMs} ms`,
      found: `${excess.length} within ${ms(excessMs)} ms, ${excess.filter((one) => !one.hasRetryAfter).length} without Retry-After`,
      isMet: excess.length > 0 && excessMs < goals.excessMs && excess.every((one) => one.hasRetryAfter),
    },
    { goal: 'no login fails otherwise', found: `${others.length} failed`, isMet: others.length === 0 },
    { goal: `memory < ${goals.memoryMb} MiB`, found: `${memoryMb.toFixed(0)} MiB`, isMet: memoryMb < goals.memoryMb },
    {
      goal: `≥ ${rate(goals.checksPerSecond)} checks/s of tokens seen before`,
      found: rate(again),
      isMet: again >= goals.checksPerSecond,
    },
  ]
}
