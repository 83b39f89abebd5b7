import { useComputed } from '@preact/signals'
import type { OwnConversation } from '@secureconnect/sdk'
import { useEffect, useMemo } from 'preact/hooks'
import { client } from '../app/client.ts'
import { follow } from '../app/router.ts'
import { useTitle } from '../app/title.ts'
import { CallButtons } from '../calls/call-buttons.tsx'
import { IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { EncryptedMark } from '../encryption/encrypted-mark.tsx'
import { EncryptionNotices } from '../encryption/encryption-notices.tsx'
import { canEncrypt } from '../encryption/own-device.ts'
import { useEncryption } from '../encryption/use-encryption.ts'
import { DropArea } from '../files/drop-area.tsx'
import { ViewerPlace } from '../files/viewer-place.tsx'
import { pages } from '../pages.ts'
import { Avatar } from '../people/avatar.tsx'
import { nameOf } from '../people/people.ts'
import { PresenceText } from '../people/presence-dot.tsx'
import { words } from '../words/index.ts'
import { titleOf } from './list/conversations.ts'
import { loadMembers } from './members.ts'
import { editLast, restoreEdit } from './messages/editing.ts'
import { Inspection } from './messages/inspection.tsx'
import { Panel } from './panel.tsx'
import { PinBar } from './pins/pin-bar.tsx'
import { loadPins } from './pins/pins.ts'
import { loadReceipts } from './receipts/receipts.ts'
import { createTalk, type PanelName, TalkContext, useTalk } from './talk.ts'
import { target } from './timeline/seek.ts'
import { Timeline } from './timeline/timeline.ts'
import { TimelineView } from './timeline/timeline-view.tsx'
import { Composer } from './writing/composer.tsx'
import { whoTypes } from './writing/typing.ts'

function Heading({ conversation }: { conversation: OwnConversation }) {
  const { conversation_id: id, type, peer_id, member_count: members, is_e2ee_enabled: isEncrypted } = conversation
  const title = titleOf(conversation)
  const { panel } = useTalk()
  const toggle = (which: PanelName) => (panel.value = panel.value === which ? undefined : which)
  return (
    <header class="conversation-bar">
      <a class="icon-button only-phone" href={pages.home} onClick={follow} aria-label={words.back}>
        {icons.back}
      </a>
      <Avatar id={peer_id ?? id} name={title} size="small" />
      <div class="bar-title">
        <h1>
          {isEncrypted && <EncryptedMark />}
          {title}
        </h1>
        {type === 'group' && <span class="hint">{words.conversations.members(members)}</span>}
        {peer_id && <PresenceText userId={peer_id} />}
      </div>
      <div class="bar-buttons">
        <CallButtons conversation={conversation} />
        {!isEncrypted && <IconButton label={words.search.here} icon={icons.search} onClick={() => toggle('search')} />}
        <IconButton label={words.details.title} icon={icons.info} onClick={() => toggle('details')} />
      </div>
    </header>
  )
}

function Typists({ conversationId }: { conversationId: string }) {
  const [first, second, third] = whoTypes(conversationId)
  const { one, two, many } = words.typing
  const text = third ? many : second && first ? two(nameOf(first), nameOf(second)) : first ? one(nameOf(first)) : ''
  return (
    <p class="typists" aria-live="polite">
      {text}
    </p>
  )
}

/** The part of a conversation at hand, kept up with what happens for as long as it is shown. */
function useTimeline(conversation: OwnConversation): Timeline {
  const { conversation_id: id } = conversation
  const timeline = useMemo(() => new Timeline(conversation), [id])
  useEffect(() => {
    const isOurs = ({ conversation_id }: { conversation_id: string }) => conversation_id === id
    const offs = [
      client.chat.on('event', (event) => isOurs(event) && timeline.apply(event)),
      client.chat.on('reset', ({ conversation_id, position }) => {
        if (isOurs({ conversation_id })) void timeline.toEnd({ conversation_id, last_seq: position.seq })
      }),
      client.chat.on('conversation.changed', (changed) => {
        // Later on all that was missed comes as events.
        if (isOurs(changed) && !client.chat.positions[id]) timeline.noteBeginning(changed)
      }),
    ]
    return () => {
      for (const off of offs) off()
    }
  }, [timeline])
  return timeline
}

export function ConversationView({ conversation }: { conversation: OwnConversation }) {
  const { conversation_id: id, is_e2ee_enabled: isEncrypted } = conversation
  const timeline = useTimeline(conversation)
  const talk = useMemo(() => createTalk(timeline), [timeline])
  const title = useComputed(() => titleOf(conversation)).value
  useTitle(title)
  useEncryption(conversation)
  useEffect(() => {
    // Where it is not told, nothing is shown.
    loadReceipts(id).catch(() => undefined)
    loadMembers(id).catch(() => undefined)
    loadPins(id).catch(() => undefined)
    restoreEdit(id).catch(() => undefined)
  }, [id])
  const wanted = target.value
  useEffect(() => {
    if (wanted?.conversation_id !== id) return
    target.value = undefined
    void timeline.goTo(wanted.seq)
  }, [wanted, timeline])
  return (
    <TalkContext.Provider value={talk}>
      <DropArea conversationId={id}>
        <Heading conversation={conversation} />
        <PinBar />
        <ViewerPlace />
        <TimelineView conversation={conversation} />
        <Typists conversationId={id} />
        {isEncrypted && <EncryptionNotices conversationId={id} />}
        {(!isEncrypted || canEncrypt.value) && (
          <Composer
            conversationId={id}
            title={title}
            isEncrypted={isEncrypted}
            replyTo={talk.replyTo}
            onEditLast={() => editLast(talk)}
            onSent={() => timeline.hasNewer.value && timeline.toEnd(conversation)}
          />
        )}
        <Inspection />
      </DropArea>
      <Panel conversation={conversation} />
    </TalkContext.Provider>
  )
}
