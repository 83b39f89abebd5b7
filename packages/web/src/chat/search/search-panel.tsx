import type { OwnConversation } from '@secureconnect/sdk'
import { showMessage, useTalk } from '../talk.ts'
import { Search } from './search.tsx'

/** Finds messages in the conversation beside it. */
export function SearchPanel({ conversation }: { conversation: OwnConversation }) {
  const talk = useTalk()
  return <Search conversationId={conversation.conversation_id} onGo={({ seq }) => showMessage(talk, seq)} />
}
