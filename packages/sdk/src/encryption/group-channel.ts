import { decrypt, encrypt, epochOfMessage, GroupError } from '@secureconnect/e2ee/groups'
import type { Emitter } from '../emitter.ts'
import type { Changer } from './change-group.ts'
import type { Doubts } from './doubts.ts'
import type { Follower } from './follow-commits.ts'
import type { GroupStore } from './group-store.ts'
import type { EncryptionEvents } from './news.ts'
import type { Rotation } from './rotation.ts'

/** What something encrypted is about: it is readable as nothing else. */
export type About = { conversationId: string; binding: readonly string[] }

/** Lets the devices of a group, and nobody else, know what is no message of the conversation, such as keys of a call. */
export type GroupChannel = {
  /** Encrypts for the group, as it has to be now. */
  seal(plaintext: Uint8Array, about: About): Promise<string>
  /** Decrypts what somebody of the group encrypted; throws where nobody of it did, or about anything else. */
  open(ciphertext: string, about: About): Promise<{ plaintext: Uint8Array; userId: string }>
  /** Calls `listener` whenever other devices are in the group than before, or may have to be; what it returns ends that. */
  onChanged(conversationId: string, listener: () => void): () => void
}

type Needed = {
  store: GroupStore
  changer: Changer
  follower: Follower
  rotation: Rotation
  doubts: Doubts
  on: Emitter<EncryptionEvents>['on']
}

export function createGroupChannel({ store, changer, follower, rotation, doubts, on }: Needed): GroupChannel {
  return {
    seal: (plaintext, { conversationId, binding }) =>
      store.run(conversationId, async () => {
        // Who has just left a call may have left its conversation: nobody who did may have what is sealed now.
        const isDue = await rotation.isDue(conversationId)
        const group = await doubts.settleBy(conversationId, () => changer.settle(conversationId, {}, isDue))
        const sealed = await encrypt(group, { plaintext, binding })
        await store.keep(conversationId, sealed.group, await rotation.count(conversationId, sealed.epoch))
        return sealed.ciphertext
      }),
    open: (ciphertext, { conversationId, binding }) =>
      store.run(conversationId, async () => {
        const present = await follower.find(conversationId)
        if (!present) throw new GroupError('STALE', 'This device was not in the group when this was sent.')
        const group = await follower.catchUp(conversationId, present, epochOfMessage(ciphertext))
        const opened = await decrypt(group, ciphertext, binding)
        await store.keep(conversationId, opened.group)
        return { plaintext: opened.plaintext, userId: opened.sender.userId }
      }),
    onChanged(conversationId, listener) {
      const ends = [
        on('changed', (change) => change.conversationId === conversationId && listener()),
        doubts.on('doubted', (doubted) => (doubted ?? conversationId) === conversationId && listener()),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
  }
}
