import { GroupError } from '@secureconnect/e2ee/groups'
import type { EventFrame, Message } from '@secureconnect/protocol'
import { bindEdit, bindingOf } from './bindings.ts'
import type { Follower } from './follow-commits.ts'
import type { GroupStore } from './group-store.ts'
import type { KeptTexts } from './kept-texts.ts'
import { textOf } from './text-places.ts'
import { findText, noteText, type Opened, openText, type Sealed } from './texts.ts'

type Opening = { texts: KeptTexts; store: GroupStore; follower: Follower }
type Edited = Extract<EventFrame, { kind: 'message.edited' }>

/** Opens what others sent, once by its key and from then on from the vault. */
export function createOpening({ texts, store, follower }: Opening) {
  async function openNow(sealed: Sealed, epoch: number): Promise<Opened | undefined> {
    const known = await findText(texts, sealed)
    if (known === 'gone') return undefined
    if (known) {
      await noteText(texts, sealed, sealed.of)
      return known
    }
    const present = await follower.find(sealed.conversationId)
    if (!present) throw new GroupError('STALE', 'This device was not in the group when this was sent.')
    const group = await follower.catchUp(sealed.conversationId, present, epoch)
    const opened = await openText(texts, group, sealed)
    await store.keep(sealed.conversationId, opened.group, opened.changes)
    return opened.text
  }

  async function open(sealed: Sealed, epoch: number): Promise<Opened | undefined> {
    const opened = await store.run(sealed.conversationId, () => openNow(sealed, epoch))
    if (opened && sealed.senderId !== undefined && opened.sender.userId !== sealed.senderId)
      throw new GroupError('FORGED', 'The service names another person as the sender of this message.')
    return opened
  }

  /** Has go what a message said; after what is still to be read of it, so that nothing is kept later. */
  const forget = (conversationId: string, messageId: string) =>
    store.run(conversationId, () => texts.forgetMessage(messageId))

  return {
    forget,
    async openMessage(message: Message): Promise<Opened | undefined> {
      const { conversation_id: conversationId, content: ciphertext, sender_id: senderId, group_epoch = 0 } = message
      if (ciphertext === null) {
        await forget(conversationId, message.message_id)
        return undefined
      }
      // Plain words in an encrypted conversation are nobody's of the group.
      if (!message.is_encrypted) throw new GroupError('FORGED', 'This message came without encryption.')
      const sealed = { conversationId, ciphertext, senderId, binding: bindingOf(message), of: textOf(message) }
      return open(sealed, group_epoch)
    },
    async openEdit({ conversation_id: conversationId, data }: Edited): Promise<void> {
      const { content: ciphertext, message_id, group_epoch } = data
      if (ciphertext === null || group_epoch === undefined) return
      const of = { messageId: message_id, until: 0 }
      await open({ conversationId, ciphertext, senderId: undefined, binding: bindEdit(message_id), of }, group_epoch)
    },
  }
}
