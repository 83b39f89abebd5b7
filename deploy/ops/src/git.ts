import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const timeoutMs = 60_000
const maxBytes = 16 * 1024 * 1024

/** Runs git in the clone that the installation stands in, and answers with what it prints. */
export async function runGit(root: string, ...args: string[]): Promise<string> {
  // Root often works in a clone that is somebody else's, which git mistrusts unless told.
  const words = ['-c', `safe.directory=${root}`, ...args]
  const { stdout } = await promisify(execFile)('git', words, { cwd: root, timeout: timeoutMs, maxBuffer: maxBytes })
  return stdout.trimEnd()
}

/** The files that are not as they were committed, but for what a run of the evidence writes down, of which nothing is made. */
export async function listChanged(root: string): Promise<string[]> {
  const args = ['status', '--porcelain', '--untracked-files=no', '--', '.', ':!deploy/evidence']
  const changed = await runGit(root, ...args)
  return changed === '' ? [] : changed.split('\n').map((line) => line.slice(3))
}
