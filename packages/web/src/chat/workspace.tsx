import { useSignal } from '@preact/signals'
import { signOut, standing } from '../account/session.ts'
import { place } from '../app/router.ts'
import { IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { Avatar } from '../people/avatar.tsx'
import { words } from '../words/index.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { ConversationView } from './conversation-view.tsx'
import { ConversationList } from './list/conversation-list.tsx'
import { lookUpConversation } from './list/conversations.ts'
import { StartDialog } from './list/start-dialog.tsx'

function OwnBar({ onStart }: { onStart: () => void }) {
  if (standing.value.is !== 'signed-in') return null
  const { me } = standing.value
  return (
    <header class="own-bar">
      <Avatar id={me.user_id} name={me.display_name} size="small" />
      <span class="own-name">{me.display_name}</span>
      <IconButton label={words.conversations.new} icon={icons.plus} onClick={onStart} />
      <IconButton label={words.account.signOut} icon={icons.leave} onClick={signOut} />
    </header>
  )
}

function Chosen() {
  const { conversationId } = place.value
  if (conversationId === undefined) return <p class="waiting">{words.conversations.choose}</p>
  const conversation = lookUpConversation(conversationId)
  if (conversation) return <ConversationView key={conversationId} conversation={conversation} />
  return <p class="waiting">{conversation === null ? words.conversations.gone : words.loading}</p>
}

/** Conversations on one side, the chosen one on the other; on a phone one of the two. */
export function Workspace() {
  const isStarting = useSignal(false)
  const hasChosen = place.value.conversationId !== undefined
  return (
    <div class={`workspace ${hasChosen ? 'has-chosen' : ''}`}>
      <ConnectionBanner />
      <aside class="side">
        <OwnBar onStart={() => (isStarting.value = true)} />
        <ConversationList onStart={() => (isStarting.value = true)} />
      </aside>
      <main class="chosen">
        <Chosen />
      </main>
      {isStarting.value && <StartDialog onClose={() => (isStarting.value = false)} />}
    </div>
  )
}
