import type { OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { getDevice } from '../../encryption/own-device.ts'
import { put } from './conversations.ts'

/** Turns encryption on for good; the group of its devices begins at once, or with the first message. */
export async function encrypt(conversation_id: string): Promise<OwnConversation> {
  const device = await getDevice()
  const conversation = await client.rest.conversations.updateSettings({ conversation_id, is_e2ee_enabled: true })
  put(conversation)
  device.encryption.settle(conversation_id).catch(() => undefined)
  return conversation
}

type Wish = { userIds: readonly string[]; title: string; isEncrypted: boolean }

/** Begins a conversation: a group, where it is with several. That of two people is the same each time. */
export async function beginConversation({ userIds, title, isEncrypted }: Wish): Promise<OwnConversation> {
  // Before anything is begun that could not be read here.
  if (isEncrypted) await getDevice()
  const participant_ids = [...userIds]
  const conversation = await client.rest.conversations.create(
    userIds.length > 1
      ? { type: 'group', title, participant_ids, is_e2ee_enabled: isEncrypted }
      : { type: 'direct', participant_ids, is_e2ee_enabled: isEncrypted },
  )
  put(conversation)
  return isEncrypted ? encrypt(conversation.conversation_id) : conversation
}
