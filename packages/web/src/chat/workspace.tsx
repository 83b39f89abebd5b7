import { useSignal } from '@preact/signals'
import { Guarded } from '../app/guarded.tsx'
import { OwnBar } from '../app/own-bar.tsx'
import { place } from '../app/router.ts'
import { Shell } from '../app/shell.tsx'
import { Toasts } from '../controls/toasts.tsx'
import { words } from '../words/index.ts'
import { ConversationView } from './conversation-view.tsx'
import { ConversationList } from './list/conversation-list.tsx'
import { lookUpConversation } from './list/conversations.ts'
import { StartDialog } from './list/start-dialog.tsx'
import { Search } from './search/search.tsx'
import { seek } from './timeline/seek.ts'

function Chosen() {
  const { conversationId } = place.value
  if (conversationId === undefined) return <p class="waiting">{words.conversations.choose}</p>
  const conversation = lookUpConversation(conversationId)
  if (conversation) {
    return (
      <Guarded key={conversationId}>
        <ConversationView conversation={conversation} />
      </Guarded>
    )
  }
  return <p class="waiting">{conversation === null ? words.conversations.gone : words.loading}</p>
}

/** Conversations on one side, the chosen one on the other. */
export function Workspace() {
  const isStarting = useSignal(false)
  const isSearching = useSignal(false)
  const side = (
    <>
      <OwnBar
        isSearching={isSearching.value}
        onSearch={() => (isSearching.value = !isSearching.value)}
        onStart={() => (isStarting.value = true)}
      />
      {isSearching.value ? (
        <div class="side-search">
          <Search onGo={seek} />
        </div>
      ) : (
        <ConversationList onStart={() => (isStarting.value = true)} />
      )}
    </>
  )
  return (
    <>
      <Shell side={side} hasChosen={place.value.conversationId !== undefined}>
        <Chosen />
      </Shell>
      <Toasts />
      {isStarting.value && <StartDialog onClose={() => (isStarting.value = false)} />}
    </>
  )
}
