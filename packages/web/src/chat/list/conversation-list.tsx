import { useSignal } from '@preact/signals'
import type { OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { conversationPath, follow, place } from '../../app/router.ts'
import { Button } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { EncryptedMark } from '../../encryption/encrypted-mark.tsx'
import { Avatar } from '../../people/avatar.tsx'
import { nameOf } from '../../people/people.ts'
import { PresenceDot } from '../../people/presence-dot.tsx'
import { words } from '../../words/index.ts'
import { shortTimeOf } from '../../words/times.ts'
import { textOf } from '../messages/text-of.ts'
import { whoTypes } from '../writing/typing.ts'
import { areKnown, conversations, titleOf } from './conversations.ts'
import { isMentionedIn } from './mentioned.ts'

/** So many stand in the list; the next come as one goes down to them. */
const pageSize = 50
const nearPx = 400

function previewOf({ conversation_id: id, last_message: last, type }: OwnConversation): string {
  const [typist] = whoTypes(id)
  if (typist) return words.typing.one(nameOf(typist))
  if (!last) return words.conversations.nothingSaid
  const text = textOf(last)
  if (last.sender_id === client.userId) return words.conversations.youSaid(text)
  return type === 'group' ? `${nameOf(last.sender_id)}: ${text}` : text
}

function Unread({ conversation }: { conversation: OwnConversation }) {
  const { unread_count: unread, notification_level: level } = conversation
  if (unread === 0) return null
  return (
    <span class={`badge ${level === 'none' ? 'muted' : ''}`}>
      {isMentionedIn(conversation) && (
        <>
          <span aria-hidden="true">@</span>
          <span class="for-readers">{words.mentions.unread}</span>{' '}
        </>
      )}
      <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
      <span class="for-readers">{words.conversations.unread(unread)}</span>
    </span>
  )
}

function Row({ conversation }: { conversation: OwnConversation }) {
  const { conversation_id: id, unread_count: unread, last_message: last, created_at, peer_id } = conversation
  const title = titleOf(conversation)
  const isChosen = place.value.conversationId === id
  return (
    <li>
      <a
        class={`conversation-row ${unread > 0 ? 'unread' : ''}`}
        href={conversationPath(id)}
        onClick={follow}
        aria-current={isChosen ? 'page' : undefined}
      >
        <span class="avatar-place">
          <Avatar id={peer_id ?? id} name={title} />
          <PresenceDot userId={peer_id} />
        </span>
        <span class="row-title">
          {conversation.is_e2ee_enabled && <EncryptedMark />}
          {title}
          {conversation.notification_level === 'none' && <span title={words.details.levels.none}>{icons.mute}</span>}
        </span>
        <time class="row-time" dateTime={last?.created_at ?? created_at}>
          {shortTimeOf(last?.created_at ?? created_at)}
        </time>
        <span class="row-preview">{previewOf(conversation)}</span>
        <Unread conversation={conversation} />
      </a>
    </li>
  )
}

export function ConversationList({ onStart }: { onStart: () => void }) {
  const { title, none, noneHint, new: begin } = words.conversations
  const shown = useSignal(pageSize)
  const { length } = conversations.value
  if (length === 0) {
    if (!areKnown.value) return <p class="waiting">{words.loading}</p>
    return (
      <div class="empty">
        <p>{none}</p>
        <p class="hint">{noneHint}</p>
        <Button kind="primary" onClick={onStart}>
          {begin}
        </Button>
      </div>
    )
  }
  function look({ currentTarget: list }: { currentTarget: HTMLElement }): void {
    const isNearEnd = list.scrollHeight - list.scrollTop - list.clientHeight < nearPx
    if (isNearEnd && shown.value < length) shown.value += pageSize
  }
  return (
    <nav aria-label={title} onScroll={look}>
      <ul class="conversation-list">
        {conversations.value.slice(0, shown.value).map((conversation) => (
          <Row key={conversation.conversation_id} conversation={conversation} />
        ))}
      </ul>
    </nav>
  )
}
