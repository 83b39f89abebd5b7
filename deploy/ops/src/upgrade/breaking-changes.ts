import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Fault } from '../fault.ts'
import { runGit } from '../git.ts'

export const breakingChangesFile = 'deploy/breaking-changes.json'

const List = Compile(Type.Array(Type.Object({ id: Type.String(), what: Type.String(), todo: Type.String() })))
export type BreakingChange = ReturnType<typeof List.Parse>[number]

/** What a commit lists; one from before there was a list has none. */
async function readAt(root: string, commit: string): Promise<BreakingChange[]> {
  const isThere = await runGit(root, 'ls-tree', '--name-only', commit, '--', breakingChangesFile)
  if (isThere === '') return []
  return List.Parse(JSON.parse(await runGit(root, 'show', `${commit}:${breakingChangesFile}`)))
}

/** Refuses to go on until the operator has said of each change on the way which needs him that he knows it. */
export async function assertAcknowledged(
  root: string,
  { from, to }: { from: string; to: string },
  acknowledged: readonly string[],
): Promise<void> {
  const known = (await readAt(root, from)).map(({ id }) => id)
  const news = (await readAt(root, to)).filter(({ id }) => !known.includes(id))
  const open = news.filter(({ id }) => !acknowledged.includes(id))
  if (open.length === 0) return
  const told = open.map(({ id, what, todo }) => `  ${id}: ${what}\n    What to do: ${todo}`)
  throw new Fault(
    `On the way there ${open.length === 1 ? 'is a change that needs' : 'are changes that need'} you:\n${told.join('\n')}`,
    `When that is done, add --acknowledge ${[...acknowledged, ...open.map(({ id }) => id)].join(',')}`,
  )
}
