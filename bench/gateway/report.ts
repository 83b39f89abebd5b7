import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const path = join(import.meta.dirname, '../reports/gateway.md')
const notesHeading = '## What the profile says'

/** What people wrote about the numbers outlives them. */
function readNotes(): string {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const start = text.indexOf(notesHeading)
  return start === -1 ? `${notesHeading}\n` : text.slice(start)
}

/** Writes the report of a whole run anew, but for its notes. */
export function writeReport(lines: readonly string[]): void {
  const text = `${lines.join('\n')}\n\n${readNotes()}`
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
