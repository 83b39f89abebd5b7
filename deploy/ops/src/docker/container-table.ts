import type { Output } from '../command.ts'
import { type Container, isWell } from './read-containers.ts'

/** What a person wants to know of a container, in one word or two. */
export function describeState({ status, health, exitCode, isJob }: Container): string {
  if (status === 'running' && health !== undefined && health !== 'none') return health
  if (status === 'exited') return isJob && exitCode === 0 ? 'done' : `ended with ${exitCode}`
  return status
}

function describeAge(startedAt: string): string {
  const seconds = Math.round((Date.now() - Date.parse(startedAt)) / 1_000)
  if (!Number.isFinite(seconds) || seconds > 10 ** 9) return '-'
  if (seconds < 120) return `${seconds} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}

/** Prints a line for each container, or all of it as JSON; the exit code is 1 where one is not well. */
export function reportContainers(
  containers: readonly Container[],
  { output, isJson }: { output: Output; isJson: boolean },
): number {
  const isOk = containers.length > 0 && containers.every(isWell)
  if (isJson) {
    output.print(JSON.stringify({ ok: isOk, containers }, null, 2))
    return isOk ? 0 : 1
  }
  const head = ['', 'container', 'state', 'restarts', 'for', 'image']
  const rows = containers.map((container) => {
    const { service, restarts, startedAt, status, image } = container
    const age = status === 'running' ? describeAge(startedAt) : '-'
    return [isWell(container) ? 'ok' : 'FAIL', service, describeState(container), String(restarts), age, image]
  })
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  for (const row of [head, ...rows])
    output.print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  output.print(`\n${rows.filter(([mark]) => mark === 'ok').length} of ${rows.length} containers are as they should be`)
  return isOk ? 0 : 1
}
