import { execFileSync } from 'node:child_process'
import { arch, cpus, platform, release, totalmem } from 'node:os'

export function describeMachine(): string {
  const [first] = cpus()
  const memoryGiB = Math.round(totalmem() / 2 ** 30)
  const processor = `${cpus().length} x ${first?.model.trim() ?? 'unknown CPU'}`
  return `${processor}, ${memoryGiB} GiB, ${platform()} ${release()} ${arch()}, Node ${process.version}`
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
}

/** The commit that is tried, as far as the product's files are those of one. */
export function describeCommit(): string {
  const isChanged = git('status', '--porcelain', '--', ':/packages', ':/services') !== ''
  return `${git('rev-parse', '--short=12', 'HEAD')}${isChanged ? ', with changes that are not committed' : ''}`
}
