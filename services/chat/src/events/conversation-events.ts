import type { ConversationType, MemberRole } from '@secureconnect/protocol'
import type { Observers } from './observers.ts'

type Done = { conversationId: string; userId: string }
type DoneTo = Done & { targetId: string }

/** What happens to conversations and to who is in them. */
export function createConversationEvents({ log, audit }: Observers) {
  const tell = (action: string, { conversationId, userId, targetId, ...more }: Done & { targetId?: string }) => {
    const ids = { conversation_id: conversationId, user_id: userId, ...(targetId && { target_id: targetId }) }
    log.info({ ...ids, ...more, outcome: 'succeeded' }, `conversation: ${action}`)
    audit.record({ resource: 'conversation', action, result: 'allowed', userId, targetId: targetId ?? conversationId })
  }
  return {
    conversationCreated: (done: Done & { type: ConversationType }) => tell('create', done),
    conversationUpdated: (done: Done) => tell('update', done),
    conversationDeleted: (done: Done) => tell('delete', done),
    participantsAdded: (done: Done & { count: number }) => tell('add-participant', done),
    participantRemoved: (done: DoneTo) => tell('remove-participant', done),
    roleChanged: (done: DoneTo & { role: MemberRole }) => tell('change-role', done),
  }
}
