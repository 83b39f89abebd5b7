import { relative, sep } from 'node:path'
import { type Finding, failed, skipped } from '../checks/finding.ts'
import { findLastChange } from '../docker/find-last-change.ts'
import { listMountedConfigs } from '../docker/list-mounted-configs.ts'
import { runGit } from '../git.ts'
import type { DriftCheck, Pair } from './drift-check.ts'
import { findUnseen } from './find-unseen.ts'

const isWithin = (path: string, folder: string) => path === folder || path.startsWith(`${folder}${sep}`)

/** What a container read at its start and is another now, or what it sees is not what stands here. */
function judge(root: string, pair: Pair): Finding[] {
  const { service, wanted, running } = pair
  if (running.status !== 'running' || wanted.restart === 'no') return []
  const startedAt = Date.parse(running.startedAt)
  const mounts = listMountedConfigs(root, wanted)
  return mounts.flatMap((mounted) => {
    const { path, at } = findLastChange(mounted.source)
    const name = relative(root, path)
    if (at > startedAt)
      return [failed(`config of ${service}`, `${name} was changed after ${service} started`, './ops up --no-build')]
    const unseen = findUnseen(running, mounted, mounts)
    if (unseen === undefined) return []
    return [
      failed(`config of ${service}`, `sees another ${relative(root, unseen)} than there is`, './ops up --no-build'),
    ]
  })
}

/** Files of the clone that containers mount and that are not as they were committed. */
async function findUncommitted(root: string, pairs: readonly Pair[]): Promise<Finding[]> {
  const args = ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', '--', 'configs']
  const listed = await runGit(root, ...args).catch(() => undefined)
  if (listed === undefined) return [skipped('configs', 'this is no clone of git, so nothing tells how they were meant')]
  const changed = listed.split('\0').flatMap((entry) => (entry === '' ? [] : [entry.slice(3)]))
  return changed.map((file) => {
    const readers = pairs.filter((pair) =>
      listMountedConfigs(root, pair.wanted).some(({ source }) => isWithin(file, relative(root, source))),
    )
    const whose = readers.length === 0 ? '' : `, which ${readers.map(({ service }) => service).join(', ')} mounts`
    const fix = `git checkout -- ${file} && ./ops up, or commit it`
    return failed('configs', `${file} differs from the commit${whose}`, fix)
  })
}

export const configs: DriftCheck = async ({ root, pairs }) => [
  ...pairs.flatMap((pair) => judge(root, pair)),
  ...(await findUncommitted(root, pairs)),
]
