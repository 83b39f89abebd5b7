import type { Output } from '../command.ts'
import type { Finding, FindingState } from './finding.ts'

const marks: Readonly<Record<FindingState, string>> = { ok: 'ok', warning: 'WARN', failed: 'FAIL', skipped: 'skip' }

export function describeFinding({ what, state, detail, fix }: Finding, width: number): string {
  const line = `${marks[state].padEnd(4)}  ${what.padEnd(width)}  ${detail}`
  return fix === undefined ? line : `${line}\n      ${' '.repeat(width)}  -> ${fix}`
}

/** Prints a line for each finding and their sum, or all of it as JSON; the exit code is 1 where something failed. */
export function reportFindings(
  findings: readonly Finding[],
  { output, isJson }: { output: Output; isJson: boolean },
): number {
  const count = (state: FindingState) => findings.filter((finding) => finding.state === state).length
  const isOk = count('failed') === 0
  if (isJson) output.print(JSON.stringify({ ok: isOk, findings }, null, 2))
  else {
    const width = Math.max(...findings.map(({ what }) => what.length))
    for (const finding of findings) output.print(describeFinding(finding, width))
    output.print(
      `\n${count('ok')} ok, ${count('warning')} warnings, ${count('failed')} failed, ${count('skipped')} skipped`,
    )
  }
  return isOk ? 0 : 1
}
