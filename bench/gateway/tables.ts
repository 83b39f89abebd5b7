import type { ServiceName } from '@secureconnect/protocol'
import { type Forwarding, type TargetName, targetNames } from './forwarding.ts'
import { type IdleMemory, together } from './idle-memory.ts'
import type { Paced, Saturated } from './load.ts'
import { medianOf, summarize } from './median.ts'

type Row = readonly string[]

/** A table that reads well as text and is one in Markdown too. */
function toTable([head = [], ...rows]: readonly Row[]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)))
  const toLine = (row: Row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [toLine(head), rule, ...rows.map(toLine)]
}

const percent = (share: number) => `${Math.round(share * 100)} %`
const toMb = (bytes: number | undefined) => (bytes === undefined ? 'unknown' : (bytes / 1e6).toFixed(0))

/** The floor that all are compared with. */
const floor: TargetName = 'bare undici'
const subject: TargetName = 'gateway'

function column<T>(rounds: readonly T[], key: keyof T & string): number[] {
  return rounds.map((round) => Number(round[key]))
}

/** How much of what the floor does in a round, or of its frugality, is left: what slows one of them slows the other too. */
function ratioToFloor(results: Forwarding, name: TargetName, shape: string): Ratio {
  const ofFloor = results[floor].saturated[shape] ?? []
  const rounds = (results[name].saturated[shape] ?? []).map((round, index) => [round, ofFloor[index] ?? round] as const)
  return {
    throughput: medianOf(rounds.map(([own, least]) => own.perSecond / least.perSecond)),
    frugality: medianOf(rounds.map(([own, least]) => least.cpuUsEach / own.cpuUsEach)),
  }
}

function toForwardingRow(name: TargetName, rounds: readonly Saturated[], throughput: number): Row {
  const { median, spread } = summarize(column(rounds, 'perSecond'))
  return [
    name,
    `${median.toFixed(0)} ± ${percent(spread)}`,
    medianOf(column(rounds, 'cpuUsEach')).toFixed(0),
    percent(medianOf(column(rounds, 'coreShare'))),
    medianOf(column(rounds, 'p99Ms')).toFixed(0),
    percent(throughput),
  ]
}

/** One table for each kind of request: as many as go through. */
export function describeForwarding(results: Forwarding): string[] {
  const shapes = Object.keys(results[floor].saturated)
  return shapes.flatMap((shape) => [
    ...toTable([
      [`${shape}, saturated`, 'per second', 'CPU us each', 'of its core', 'p99 ms', 'of the floor'],
      ...targetNames.map((name) =>
        toForwardingRow(name, results[name].saturated[shape] ?? [], ratioToFloor(results, name, shape).throughput),
      ),
    ]),
    '',
  ])
}

function addedP50Ms(results: Forwarding, name: TargetName): number {
  const direct = results['service itself'].paced
  return medianOf(results[name].paced.map(({ p50Ms }, round) => p50Ms - (direct[round]?.p50Ms ?? Number.NaN)))
}

export function describePacing(results: Forwarding, perSecond: number): string[] {
  const toRow = (name: TargetName, rounds: readonly Paced[]): Row => [
    name,
    medianOf(column(rounds, 'p50Ms')).toFixed(2),
    medianOf(column(rounds, 'p99Ms')).toFixed(2),
    addedP50Ms(results, name).toFixed(2),
  ]
  return toTable([
    [`GET, ${perSecond} a second`, 'p50 ms', 'p99 ms', 'added p50 ms'],
    ...targetNames.map((name) => toRow(name, results[name].paced)),
  ])
}

export function describeMemory(memory: IdleMemory): string[] {
  const rows = [...memory].map(([name, { rssBytes, privateBytes }]) => [name, toMb(rssBytes), toMb(privateBytes)])
  return toTable([['idle memory', 'RSS MB', 'private MB'], ...rows])
}

function judge(goal: string, isMet: boolean, found: string): Row {
  return [goal, found, isMet ? 'met' : 'missed']
}

type Ratio = { throughput: number; frugality: number }

/** Both count: where other programs take their part of the machine, the floor waits for the load and looks slow. */
function isEnough({ throughput, frugality }: Ratio): boolean {
  return Math.min(throughput, frugality) >= 0.8
}

function describeRatios(ratios: readonly Ratio[]): string {
  const [byThroughput, byTime] = [ratios.map(({ throughput }) => throughput), ratios.map(({ frugality }) => frugality)]
  return `${byThroughput.map(percent).join(', ')}; by CPU time ${byTime.map(percent).join(', ')}`
}

/** Each goal, what was found, and whether that is enough. */
export function describeVerdicts(results: Forwarding, memory: IdleMemory): string[] {
  const ratios = Object.keys(results[floor].saturated).map((shape) => ratioToFloor(results, subject, shape))
  const added = addedP50Ms(results, subject)
  const rssMb = (name: ServiceName | typeof together) => (memory.get(name)?.rssBytes ?? Number.NaN) / 1e6
  const services = [...memory.keys()].filter((name) => name !== together).map(rssMb)
  const failed = countFailures(results)
  return toTable([
    ['goal', 'found', 'verdict'],
    judge('≥ 80 % of the floor', ratios.every(isEnough), describeRatios(ratios)),
    judge('added p50 ≤ 0.7 ms', added <= 0.7, `${added.toFixed(2)} ms`),
    judge('no request fails', failed === 0, `${failed} failed`),
    judge('a service ≤ 100 MB', Math.max(...services) <= 100, `up to ${Math.max(...services).toFixed(0)} MB`),
    judge('together ≤ 600 MB', rssMb(together) <= 600, `${rssMb(together).toFixed(0)} MB`),
  ])
}

/** Requests of the whole run that were not answered as they should be. */
export function countFailures(results: Forwarding): number {
  const rounds = Object.values(results).flatMap(({ saturated, paced }) => [
    ...Object.values(saturated).flat(),
    ...paced,
  ])
  return rounds.reduce((sum, { failed }) => sum + failed, 0)
}
