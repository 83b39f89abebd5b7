import type { Message } from '@secureconnect/protocol'

type New = Pick<Message, 'client_id' | 'message_type'> & { reply_to?: string | null | undefined }

/** A new message is bound to who sends it, under which id, as what, and in answer to what. */
export function bindMessage(senderId: string, { client_id, message_type, reply_to }: New): string[] {
  return ['message', senderId, client_id ?? '', message_type, reply_to ?? '']
}

/** Another text for a message is bound to that message. */
export const bindEdit = (messageId: string) => ['edit', messageId]

/** What a message that the service shows must have been bound to. */
export const bindingOf = (message: Message) =>
  message.edited_at === null ? bindMessage(message.sender_id, message) : bindEdit(message.message_id)
