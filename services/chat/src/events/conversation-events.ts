import type { ConversationType } from '@secureconnect/protocol'
import type { Observers } from './observers.ts'

type Done = { conversationId: string; userId: string }

/** What happens to conversations and to who is in them. */
export function createConversationEvents({ log, audit }: Observers) {
  const tell = (action: string, { conversationId, userId, ...more }: Done & Record<string, unknown>) => {
    log.info(
      { conversation_id: conversationId, user_id: userId, ...more, outcome: 'succeeded' },
      `conversation: ${action}`,
    )
    audit.record({ resource: 'conversation', action, result: 'allowed', userId, targetId: conversationId })
  }
  return {
    conversationCreated: (done: Done & { type: ConversationType }) => tell('create', done),
  }
}
