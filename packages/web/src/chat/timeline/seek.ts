import { signal } from '@preact/signals'
import type { Message } from '@secureconnect/sdk'
import { conversationPath, go } from '../../app/router.ts'

type Target = Pick<Message, 'conversation_id' | 'seq'>

/** A message that somebody wants to see, until its conversation has gone to it. */
export const target = signal<Target | undefined>(undefined)

/** Goes to a message, wherever it is. */
export function seek({ conversation_id, seq }: Target): void {
  target.value = { conversation_id, seq }
  go(conversationPath(conversation_id))
}
