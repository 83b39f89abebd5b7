import { applyCommit, epochOf, type Group, GroupError, isMember, takeOwnCommit } from '@secureconnect/e2ee/groups'
import { limits } from '@secureconnect/protocol/constants'
import type { GroupStore } from './group-store.ts'
import type { Needed } from './needs.ts'
import type { EncryptionEvents } from './news.ts'
import { findPending } from './pending-commits.ts'
import { recoverGroup } from './recover-group.ts'
import type { Rosters } from './rosters.ts'

type Commit = { commit_id: string; group_epoch: number; commit: string | null; sender_id: string }
type Following = Needed & {
  store: GroupStore
  rosters: Rosters
  changed: (change: EncryptionEvents['changed']) => void
}

/** Applies commits, each once and in order, as they are told or, where some were missed, as they are fetched. */
export function createFollowing({ client, vault, store, rosters, changed }: Following) {
  const { commits } = client.rest

  async function apply(conversationId: string, group: Group, told: Commit): Promise<Group> {
    const place = { conversation_id: conversationId, commit_id: told.commit_id }
    const text = told.commit ?? (await commits.get(place)).commit
    // One's own is here where its answer never came, or this page or process ended before that was kept.
    const own = await findPending(vault, conversationId, text)
    const applied = own ? takeOwnCommit(group, own) : await applyCommit(group, text)
    if (applied.by.userId !== told.sender_id)
      throw new GroupError('FORGED', 'The service names another person as the one who made this commit.')
    await store.keep(conversationId, applied.group)
    const { added, removed } = applied
    changed({ conversationId, epoch: epochOf(applied.group), added, removed })
    return applied.group
  }

  /** Fetches and applies what is missing up to an epoch. */
  async function catchUp(conversationId: string, start: Group, upTo: number): Promise<Group> {
    let group = start
    while (epochOf(group) < upTo) {
      const query = { after_epoch: epochOf(group), limit: limits.pageItems.max }
      const page = await commits.list({ conversation_id: conversationId, ...query })
      if (page.commits[0]?.group_epoch !== epochOf(group) + 1)
        throw new GroupError('MISSED', 'The service does not have the next commit of this group, or keeps it back.')
      for (const commit of page.commits) group = await apply(conversationId, group, commit)
    }
    return group
  }

  return {
    /** What this device has of a group. */
    async find(conversationId: string): Promise<Group | undefined> {
      const present = await store.find(conversationId)
      if (present && isMember(present)) return present
      const recovered = await recoverGroup({ client, vault, rosters }, conversationId)
      if (!recovered) return present
      await store.keep(conversationId, recovered)
      return recovered
    },
    catchUp,
    /** Applies a commit as it is told; what is known already is passed over. */
    async follow(conversationId: string, group: Group, told: Commit): Promise<Group> {
      if (told.group_epoch <= epochOf(group)) return group
      const current = await catchUp(conversationId, group, told.group_epoch - 1)
      return apply(conversationId, current, told)
    },
  }
}

export type Follower = ReturnType<typeof createFollowing>
