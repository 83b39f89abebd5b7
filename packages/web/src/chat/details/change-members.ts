import type { OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { getDevice } from '../../encryption/own-device.ts'

type Group = Pick<OwnConversation, 'conversation_id' | 'is_e2ee_enabled'>

/** Brings somebody into a group; into an encrypted one by the keys that he gets with it. */
export async function bringIn({ conversation_id, is_e2ee_enabled }: Group, userId: string): Promise<void> {
  if (is_e2ee_enabled) await (await getDevice()).encryption.changePeople(conversation_id, { add: [userId] })
  else await client.rest.conversations.addParticipants({ conversation_id, user_ids: [userId] })
}

/** Takes somebody out of a group; of an encrypted one by new keys, which he does not get. */
export async function takeOut({ conversation_id, is_e2ee_enabled }: Group, userId: string): Promise<void> {
  if (is_e2ee_enabled) await (await getDevice()).encryption.changePeople(conversation_id, { remove: [userId] })
  else await client.rest.conversations.removeParticipant({ conversation_id, user_id: userId })
}
