import { execFileSync } from 'node:child_process'

/** The git revision of the checkout; "unknown" where there is none. */
export function findRevision(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: import.meta.dirname,
    }).trim()
  } catch {
    return 'unknown'
  }
}
