import type { EventKind, MessageType } from '@secureconnect/protocol'
import type { Observers } from './observers.ts'

type Changed = { messageId: string; conversationId: string; userId: string }

/** What happens to messages; the refusals are told where every refusal is. */
export function createMessageEvents({ log, metrics, audit }: Observers) {
  return {
    /** Too frequent for a line each in a usual log. */
    messageSent({ type, ...sent }: Changed & { type: MessageType }) {
      metrics.messages.inc({ type })
      metrics.messagesSent.inc({ type })
      log.debug({ message_id: sent.messageId, conversation_id: sent.conversationId }, 'message sent')
    },

    messageEdited({ messageId, conversationId, userId }: Changed) {
      log.info({ message_id: messageId, conversation_id: conversationId, user_id: userId }, 'message edited')
    },

    messageReacted({ messageId, conversationId, kind }: Changed & { kind: EventKind }) {
      log.debug({ message_id: messageId, conversation_id: conversationId, kind }, 'a reaction changed')
    },

    messagePinned({ messageId, conversationId, userId, kind }: Changed & { kind: EventKind }) {
      log.info({ message_id: messageId, conversation_id: conversationId, user_id: userId, kind }, 'a pin changed')
    },

    messageDeleted({ messageId, conversationId, userId }: Changed) {
      log.info({ message_id: messageId, conversation_id: conversationId, user_id: userId }, 'message deleted')
      audit.record({ resource: 'message', action: 'delete', result: 'allowed', userId })
    },
  }
}
