import { medianOf } from '../gateway/median.ts'
import type { Verdict } from '../shared/verdicts.ts'
import type { Transfer, Transfers } from './transfers.ts'
import { type Uploads, uploadsPerSecond } from './uploads.ts'

const goals = { togetherP99Ms: 60, shareOfFloor: 0.7, memoryMb: 256 } as const
const ways = { up: 'uploads', down: 'downloads' } as const

const one = (value: number) => value.toFixed(1)
const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0)

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const cpuOf = (rounds: readonly Transfer[]) => medianOf(rounds.map(({ cpuMsPerMib }) => cpuMsPerMib))
const speedOf = (rounds: readonly Transfer[]) => medianOf(rounds.map(({ mibPerSecond }) => mibPerSecond))
const memoryOf = (rounds: readonly Transfer[]) => Math.max(...rounds.map(({ maxRssBytes }) => maxRssBytes))

export function describeUploads({ beginMs, completeMs, togetherMs, cpuMsEach }: Uploads): string[] {
  const row = (name: string, values: readonly number[]) =>
    `| ${name} | ${one(quantile(values, 0.5))} | ${one(quantile(values, 0.99))} | ${one(quantile(values, 1))} |`
  return [
    `| ${uploadsPerSecond} uploads a second into S3, ${one(cpuMsEach)} ms of CPU each | p50 ms | p99 ms | longest ms |`,
    '|---|---:|---:|---:|',
    row('upload-url', beginMs),
    row('upload-complete', completeMs),
    row('both', togetherMs),
  ]
}

export function describeTransfers(transfers: Transfers): string[] {
  const row = (name: string, rounds: readonly Transfer[], floor: readonly Transfer[]) =>
    `| ${name} | ${one(speedOf(rounds))} | ${one(cpuOf(rounds))} | ${(cpuOf(floor) / cpuOf(rounds)).toFixed(2)} | ${mebibytes(memoryOf(rounds))} |`
  return [
    '| files on disk | MiB a second | CPU ms per MiB | of the floor | memory MiB |',
    '|---|---:|---:|---:|---:|',
    ...Object.entries(ways).flatMap(([key, name]) => {
      const { floor, ours } = transfers[key === 'up' ? 'up' : 'down']
      return [row(`${name}, bare file server (floor)`, floor, floor), row(`${name}, storage-service`, ours, floor)]
    }),
  ]
}

export function judge({ togetherMs, failed }: Uploads, { up, down }: Transfers): Verdict[] {
  const p99 = quantile(togetherMs, 0.99)
  const memoryMb = Math.max(memoryOf(up.ours), memoryOf(down.ours)) / 2 ** 20
  const share = ({ floor, ours }: Transfers['up']) => cpuOf(floor) / cpuOf(ours)
  const streams = (name: string, found: number): Verdict => ({
    goal: `${name} at ≥ ${goals.shareOfFloor} of a bare file server`,
    found: found.toFixed(2),
    isMet: found >= goals.shareOfFloor,
  })
  return [
    {
      goal: `p99 of upload-url and upload-complete together ≤ ${goals.togetherP99Ms} ms at ${uploadsPerSecond}/s`,
      found: `${one(p99)} ms`,
      isMet: p99 <= goals.togetherP99Ms,
    },
    { goal: 'no upload fails', found: `${failed} failed`, isMet: failed === 0 },
    streams('uploads', share(up)),
    streams('downloads', share(down)),
    { goal: `memory < ${goals.memoryMb} MiB`, found: `${memoryMb.toFixed(0)} MiB`, isMet: memoryMb < goals.memoryMb },
  ]
}
