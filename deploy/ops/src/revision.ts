import { listChanged, runGit } from './git.ts'

/** As many digits of a commit as images, /version and metrics carry. */
export const shortCommit = '--short=12'

/** Which state of the sources this is: images, /version and metrics carry it. */
export async function readRevision(root: string): Promise<string> {
  try {
    const commit = await runGit(root, 'rev-parse', shortCommit, 'HEAD')
    return (await listChanged(root)).length > 0 ? `${commit}-changed` : commit
  } catch {
    return 'unversioned'
  }
}
