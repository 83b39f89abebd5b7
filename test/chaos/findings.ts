import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeCommit, describeMachine } from '../helpers/index.ts'
import type { Finding } from './script.ts'

const path = join(import.meta.dirname, 'findings.json')

/** What the last run of a part showed, and where. */
export type PartFindings = {
  part: string
  promise: string
  date: string
  commit: string
  machine: string
  seed: number
  findings: readonly Finding[]
}

export function readFindings(): PartFindings[] {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
}

/** Puts a part's findings in the place of those of its last run. */
export function saveFindings(part: Pick<PartFindings, 'part' | 'promise' | 'seed' | 'findings'>): void {
  const others = readFindings().filter((one) => one.part !== part.part)
  const facts = { date: new Date().toISOString().slice(0, 10), commit: describeCommit(), machine: describeMachine() }
  const all = [...others, { ...part, ...facts }].toSorted((a, b) => a.part.localeCompare(b.part))
  writeFileSync(path, `${JSON.stringify(all, undefined, 2)}\n`)
}
