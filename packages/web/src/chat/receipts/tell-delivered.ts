import { limits } from '@secureconnect/protocol/constants'
import { client } from '../../app/client.ts'
import { findConversation } from '../list/conversations.ts'

/** What comes together within this time is told at once; what is read meanwhile needs not be told. */
const gatherMs = 1_000
const waiting = new Set<string>()
const told = new Map<string, number>()
let isTelling = false

async function tell(conversation_id: string): Promise<void> {
  const conversation = findConversation(conversation_id)
  if (!conversation) return
  const { last_seq: seq, read_seq, member_count } = conversation
  const isKnown = Math.max(told.get(conversation_id) ?? 0, read_seq) >= seq
  if (isKnown || member_count > limits.smallConversationMembers || client.chat.state.status !== 'open') return
  told.set(conversation_id, seq)
  // What gets lost is told with the next message, or when this one is read.
  await client.chat.ask('delivered', { conversation_id, seq }).catch(() => told.delete(conversation_id))
}

/** One after the other, so that nothing else has to wait for many of them. */
async function tellAll(): Promise<void> {
  for (const id of waiting) {
    waiting.delete(id)
    await tell(id)
  }
  isTelling = false
}

/** Says soon that everything up to now has come to this device. */
function tellSoon(conversationId: string): void {
  waiting.add(conversationId)
  if (isTelling) return
  isTelling = true
  setTimeout(tellAll, gatherMs)
}

client.chat.on('event', ({ kind, data, conversation_id }) => {
  if (kind === 'message.created' && data.sender_id !== client.userId) tellSoon(conversation_id)
})
client.chat.on('conversation.changed', ({ conversation_id, unread_count }) => {
  if (unread_count > 0) tellSoon(conversation_id)
})

export function forgetDelivered(): void {
  waiting.clear()
  told.clear()
}
