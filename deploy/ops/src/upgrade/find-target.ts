import { Fault } from '../fault.ts'
import { listChanged, runGit } from '../git.ts'
import { shortCommit } from '../revision.ts'

const findCommit = (root: string, name: string) =>
  runGit(root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`).catch(() => undefined)

async function isAncestor(root: string, one: string, other: string): Promise<boolean> {
  return await runGit(root, 'merge-base', '--is-ancestor', one, other).then(
    () => true,
    () => false,
  )
}

/** The name under which images of a commit are kept. */
export const revisionOfCommit = (root: string, commit: string): Promise<string> =>
  runGit(root, 'rev-parse', shortCommit, commit)

/** The commit of what runs, to which there is a way back. */
export async function findOrigin(root: string, revision: string): Promise<string> {
  const commit = await findCommit(root, revision)
  if (commit !== undefined) return commit
  throw new Fault(
    `What runs (${revision}) is no commit of this clone, so nothing would lead back to it.`,
    'Commit what was changed and run ./ops up, then upgrade.',
  )
}

/** Refuses what git would have to mend, or would lose. */
export async function assertClean(root: string): Promise<void> {
  const files = await listChanged(root).catch(() => {
    throw new Fault(
      'This is no clone of git, so there is nothing to go back to.',
      'git clone ADDRESS, then move .env and secrets/ there.',
    )
  })
  if (files.length === 0) return
  throw new Fault(
    `Files of this clone were changed and not committed: ${files.slice(0, 5).join(', ')}.`,
    'Commit them, or take them back: git checkout -- FILE',
  )
}

/** The commit to go to: the one that is asked for, or else what this branch follows. It has everything that this clone has. */
export async function findTarget(root: string, asked: string | undefined): Promise<string> {
  const fetched = await runGit(root, 'fetch', '--quiet', '--tags').then(
    () => true,
    () => false,
  )
  const target = await findCommit(root, asked ?? '@{upstream}')
  if (target === undefined)
    throw new Fault(
      asked === undefined ? 'This clone follows no branch.' : `There is no revision "${asked}" here.`,
      fetched ? 'Name one: git tag --list, or origin/main.' : 'Its remote does not answer: see git fetch.',
    )
  if (await isAncestor(root, 'HEAD', target)) return target
  if (await isAncestor(root, target, 'HEAD'))
    throw new Fault(
      'That revision is older than what is here.',
      './ops upgrade --rollback goes back to what ran before.',
    )
  throw new Fault(
    'This clone has commits of its own that the revision lacks.',
    'Bring them together first, on a branch of your own: git merge REVISION. Then ./ops upgrade that branch.',
  )
}

/** Puts the sources of a commit in place; it moves the branch that is checked out, if one is. Local changes are never lost. */
export async function checkOut(root: string, commit: string): Promise<void> {
  await runGit(root, 'reset', '--quiet', '--keep', commit).catch((error: Error) => {
    throw new Fault(
      `git could not put ${commit.slice(0, 12)} in place: ${error.message.trim().split('\n').at(-1)}`,
      'See git status.',
    )
  })
}
