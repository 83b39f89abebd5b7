import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
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

function describeMachine(): string {
  const memoryGiB = Math.round(totalmem() / 2 ** 30)
  const processor = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`
  return `${processor}, ${memoryGiB} GiB, ${platform()} ${release()} ${arch()}, Node ${process.version}`
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
}

/** The commit that was tried, as far as the files are those of one. */
function describeCommit(): string {
  const isChanged = git('status', '--porcelain', '--', ':/packages', ':/services') !== ''
  return `${git('rev-parse', '--short=12', 'HEAD')}${isChanged ? ', with changes that are not committed' : ''}`
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
