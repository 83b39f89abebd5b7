import { type Device, epochOf, GroupError, joinByWelcome } from '@secureconnect/e2ee/groups'
import type { DeviceMessageFrame } from '@secureconnect/protocol'
import type { GroupStore } from './group-store.ts'
import type { Needed } from './needs.ts'
import type { EncryptionEvents } from './news.ts'
import { findPackage } from './own-device.ts'
import type { Rosters } from './rosters.ts'

type Welcoming = Needed & {
  device: Device
  store: GroupStore
  rosters: Rosters
  changed: (change: EncryptionEvents['changed']) => void
}

/** Comes into groups by the welcomes that others leave for this device. */
export function createWelcomes({ client, vault, device, store, rosters, changed }: Welcoming) {
  async function join(conversationId: string, welcome: string): Promise<void> {
    const present = await store.find(conversationId)
    const found = await findPackage(vault, device, welcome)
    if (found === 'repeated') return
    if (found === 'used') throw new GroupError('REPLAYED', 'A key package of this device was used for a second time.')
    if (!found) throw new GroupError('FORGED', 'This welcome is for no key package of this device.')
    const accepts = rosters.acceptsOf(conversationId)
    const group = await joinByWelcome({ welcome, own: found.own, conversationId, accepts })
    // Who came in by himself meanwhile is further than the welcome.
    if (present && epochOf(present) >= epochOf(group)) return vault.write(found.spent)
    await store.keep(conversationId, group, found.spent)
    changed({ conversationId, epoch: epochOf(group), added: [device], removed: [] })
  }

  return {
    /** Comes in by a welcome; to be called in the conversation's order. */
    join,
    async receive({ conversation_id, commit_id, ciphertext }: DeviceMessageFrame): Promise<void> {
      if (conversation_id === null || commit_id === null) return
      const welcome = ciphertext ?? (await client.rest.commits.get({ conversation_id, commit_id })).welcome
      // Without one it waited for too long: this device comes in by itself once it needs to.
      if (welcome !== null) await store.run(conversation_id, () => join(conversation_id, welcome))
    },
  }
}

export type Welcomes = ReturnType<typeof createWelcomes>
