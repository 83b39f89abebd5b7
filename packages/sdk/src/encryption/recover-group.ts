import { epochOf, type Group, readMadeGroup } from '@secureconnect/e2ee/groups'
import type { Needed } from './needs.ts'
import { listPending } from './pending-commits.ts'
import type { Rosters } from './rosters.ts'

/**
 * The group that a commit of one's own began, or by which this device came in, where this page or process ended before
 * it heard that the service took it.
 */
export async function recoverGroup(
  { client, vault, rosters }: Needed & { rosters: Rosters },
  conversationId: string,
): Promise<Group | undefined> {
  const { commits } = client.rest
  const place = { conversation_id: conversationId }
  for (const { made, isOf } of await listPending(vault, conversationId)) {
    const group = readMadeGroup(made, rosters.acceptsOf(conversationId))
    const [taken] = (await commits.list({ ...place, after_epoch: epochOf(group) - 1, limit: 1 })).commits
    if (taken?.group_epoch !== epochOf(group)) continue
    const commit = taken.commit ?? (await commits.get({ ...place, commit_id: taken.commit_id })).commit
    if (await isOf(commit)) return group
  }
  return undefined
}
