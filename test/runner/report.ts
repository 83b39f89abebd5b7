import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { describeMachine } from '../helpers/tried.ts'
import type { Observation, SuiteResult } from './observe.ts'

function git(root: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
}

function toRow(root: string, { file, tests, passed, failed }: SuiteResult, tookMs: number): string {
  return `| ${relative(root, file)} | ${tests} | ${passed} | ${failed} | ${(tookMs / 1000).toFixed(1)} |`
}

/** Where the report of a full run goes, of all suites or of those that have these words in their path. */
export function reportPath(root: string, words: readonly string[]): string {
  const name = ['full', ...words].join('-').replaceAll('/', '-')
  return join(root, 'test/reports', `${new Date().toISOString().slice(0, 10)}-${name}.md`)
}

type ReportOptions = { path: string; root: string; observation: Observation; facts: string[] }

/** Writes what a full run showed. */
export function writeReport({ path, root, observation: { suites, tookMs, told }, facts }: ReportOptions): void {
  const isChanged = git(root, 'status', '--porcelain') !== ''
  const sum = (pick: (suite: SuiteResult) => number) => suites.reduce((total, suite) => total + pick(suite), 0)
  const lines = [
    `# ${basename(path, '.md')}: suites with the stated counts`,
    '',
    `- Machine: ${describeMachine()}`,
    `- Commit: ${git(root, 'rev-parse', 'HEAD')}${isChanged ? ', with changes that are not committed' : ''}`,
    ...facts.map((fact) => `- ${fact}`),
    '',
    '| suite | tests | passed | failed | seconds |',
    '|---|---|---|---|---|',
    ...suites
      .toSorted((a, b) => a.file.localeCompare(b.file))
      .map((suite) => toRow(root, suite, tookMs.get(suite.file) ?? 0)),
    `| all | ${sum((suite) => suite.tests)} | ${sum((suite) => suite.passed)} | ${sum((suite) => suite.failed)} | |`,
    ...(told.length > 0 ? ['', 'What they told:', '', ...told.map((line) => `- ${line}`)] : []),
  ]
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${lines.join('\n')}\n`)
}
