import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const timeoutMs = 10_000

/** Which state of the sources this is: images, /version and metrics carry it. */
export async function readRevision(root: string): Promise<string> {
  // Root often works in a clone that is somebody else's, which git mistrusts unless told.
  const git = async (...args: string[]) => {
    const options = { cwd: root, timeout: timeoutMs }
    return (await promisify(execFile)('git', ['-c', `safe.directory=${root}`, ...args], options)).stdout.trim()
  }
  try {
    const commit = await git('rev-parse', '--short=12', 'HEAD')
    const isChanged = (await git('status', '--porcelain', '--untracked-files=no')) !== ''
    return isChanged ? `${commit}-changed` : commit
  } catch {
    return 'unversioned'
  }
}
