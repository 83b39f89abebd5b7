import { type Device, epochOf, type Group, isMember, joinFromOutside } from '@secureconnect/e2ee/groups'
import { createClientId } from '../chat/send-queue.ts'
import type { GroupStore } from './group-store.ts'
import type { Needed } from './needs.ts'
import type { EncryptionEvents } from './news.ts'
import { keepPending } from './pending-commits.ts'
import type { Roster, Rosters } from './rosters.ts'
import type { Welcomes } from './welcomes.ts'

type Joining = Needed & {
  device: Device
  store: GroupStore
  rosters: Rosters
  welcomes: Welcomes
  changed: (change: EncryptionEvents['changed']) => void
}

/** Comes into a group that is there already: where nobody's welcome waits, by what its newest commit left at the service. */
export async function joinPresent(
  { client, vault, device, store, rosters, welcomes, changed }: Joining,
  conversationId: string,
  { epoch }: Roster,
): Promise<Group> {
  const { commits } = client.rest
  const place = { conversation_id: conversationId }
  const [newest] = (await commits.list({ ...place, after_epoch: epoch - 1, limit: 1 })).commits
  const stored = newest && (await commits.get({ ...place, commit_id: newest.commit_id }))
  // Somebody was faster: with his welcome, what is written meanwhile can be read as well.
  if (stored?.welcome) await welcomes.join(conversationId, stored.welcome)
  const welcomed = await store.find(conversationId)
  if (welcomed && isMember(welcomed)) return welcomed
  const accepts = rosters.acceptsOf(conversationId)
  const made = await joinFromOutside({ groupInfo: stored?.group_info ?? '', device, conversationId, accepts })
  await keepPending(vault, conversationId, made)
  await commits.create({
    ...place,
    client_id: createClientId(),
    group_epoch: epoch,
    commit: made.commit,
    group_info: made.groupInfo,
  })
  await store.keep(conversationId, made.group)
  changed({ conversationId, epoch: epochOf(made.group), added: [device], removed: [] })
  return made.group
}
