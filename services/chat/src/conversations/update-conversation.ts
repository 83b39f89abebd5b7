import type { Transaction } from '@secureconnect/sql'
import { conversationNotFound } from '../errors.ts'
import type { FanOut } from '../fan-out/fan-out.ts'
import { appendEvents } from '../log/append-events.ts'
import type { Head } from '../stores/conversation-log.ts'
import { type Features, findFeatures, saveFeatures } from '../stores/conversations.ts'

type Update = { head: Head; changes: Partial<Features>; by: string; fanOut: FanOut }

/** Changes what a conversation is like. What is so already is no change, and without any there is no event. */
export async function updateConversation(tx: Transaction, { head, changes, by, fanOut }: Update): Promise<boolean> {
  const { conversation_id } = head
  const present = await findFeatures(tx, conversation_id)
  if (!present) throw conversationNotFound()
  const isOther = ([name, value]: [string, unknown]) => value !== present[name as keyof Features]
  const changed = Object.fromEntries(Object.entries(changes).filter(isOther))
  if (Object.keys(changed).length === 0) return false
  await saveFeatures(tx, conversation_id, { ...present, ...changed })
  const drafts = [{ kind: 'conversation.updated', actor_id: by, data: { by, ...changed } }] as const
  await appendEvents(tx, { head, drafts, fanOut })
  return true
}
