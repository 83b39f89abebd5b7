import { Fault } from '../fault.ts'
import { runGit } from '../git.ts'

const folder = 'packages/sql/migrations/'
const marker = /^-- contract: unused since (\d{4})$/m

/** Since which migration nothing uses any more what this one takes away; nothing where it takes nothing away. */
export function readContract(migration: string): number | undefined {
  const since = marker.exec(migration)?.[1]
  return since === undefined ? undefined : Number(since)
}

const numberOf = (path: string) => Number.parseInt(path.slice(folder.length), 10)

async function listAt(root: string, commit: string): Promise<string[]> {
  const listed = await runGit(root, 'ls-tree', '--name-only', commit, '--', folder)
  return listed.split('\n').filter((path) => path.endsWith('.sql'))
}

/**
 * Refuses to skip a release that has to run in between: where a migration takes away what the processes of this revision still
 * use, they would fail until each is replaced, and there would be no way back to them.
 */
export async function assertNothingSkipped(root: string, { from, to }: { from: string; to: string }): Promise<void> {
  const here = await listAt(root, from)
  const newest = Math.max(0, ...here.map(numberOf))
  for (const path of (await listAt(root, to)).filter((path) => !here.includes(path))) {
    const since = readContract(await runGit(root, 'show', `${to}:${path}`))
    if (since === undefined || since <= newest) continue
    const added = await runGit(root, 'log', '-1', '--format=%h', '--diff-filter=A', to, '--', path)
    throw new Fault(
      `Migration ${numberOf(path)} takes away what this revision still uses; that ended with migration ${since}.`,
      `Go there in two steps: ./ops upgrade ${added}~1, and then further.`,
    )
  }
}
