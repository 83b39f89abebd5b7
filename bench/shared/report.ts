import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describeCommit, describeMachine } from '@secureconnect/test/helpers'

const notesHeading = '## What the profile says'

/** What people wrote about the numbers outlives them. */
function readNotes(path: string): string {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const start = text.indexOf(notesHeading)
  return start === -1 ? '' : `\n${text.slice(start)}`
}

export type Report = {
  /** The benchmark, as `npm run bench` knows it. */
  name: string
  /** The machine's load average before it began. */
  busyBefore: number
  /** How it was measured, a sentence or two each. */
  conditions: readonly string[]
  body: readonly string[]
}

/** Writes the report of a whole run anew, but for its notes. */
export function writeReport({ name, busyBefore, conditions, body }: Report): void {
  const path = join(import.meta.dirname, '../reports', `${name}.md`)
  const notes = readNotes(path)
  const lines = [
    `# bench/${name}`,
    `Written by \`npm run bench ${name}\`${notes === '' ? '' : ', but for the last section'}.`,
    '',
    `- Machine: ${describeMachine()}; load average at the start ${busyBefore.toFixed(1)}`,
    `- Date: ${new Date().toISOString().slice(0, 10)}, commit ${describeCommit()}`,
    ...conditions.map((condition) => `- ${condition}`),
    '',
    ...body,
  ]
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${lines.join('\n')}\n${notes}`)
}
