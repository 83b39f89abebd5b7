import type { Message } from '@secureconnect/sdk'
import type { ComponentProps } from 'preact'
import { client } from '../../app/client.ts'
import { attempt } from '../../controls/attempt.ts'
import { IconButton } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { Menu, MenuItem } from '../../controls/menu.tsx'
import { tell } from '../../controls/toasts.ts'
import { shownOf } from '../../encryption/readings.ts'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { isEncrypted } from '../list/conversations.ts'
import { isPinned, setPin } from '../pins/pins.ts'
import { react } from '../reactions/react.ts'
import { ReactionPicker } from '../reactions/reaction-picker.tsx'
import { type Inspected, type Talk, useTalk } from '../talk.ts'
import { beginEdit, mayEdit } from './editing.ts'
import { absenceOf } from './text-of.ts'

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text).then(
    () => tell(words.messages.copied),
    () => tell(words.messages.notCopied),
  )
}

function remove({ timeline }: Talk, message_id: string): Promise<boolean> {
  return attempt(async () => {
    const { deleted_at, deletion_reason } = await client.rest.messages.delete({ message_id })
    timeline.change(message_id, (before) => ({ ...before, content: null, deleted_at, deletion_reason }))
  })
}

/** What can be done with a message, beside what has a button of its own. */
function MenuItems({ message }: { message: Message }) {
  const talk = useTalk()
  const { messages: text } = words
  const { message_id, edited_at, reactions = [] } = message
  const { content } = shownOf(message)
  const isReadable = absenceOf(message) === undefined
  // What the service would have to read for it.
  const isOpen = !isEncrypted(message.conversation_id)
  const isOwn = message.sender_id === client.userId
  const inspect = (what: Inspected['what']) => () => (talk.inspected.value = { what, message })
  const items: (ComponentProps<typeof MenuItem> | false)[] = [
    mayEdit(message) && { children: text.edit, icon: icons.edit, onChoose: () => beginEdit(message) },
    isReadable && content !== null && { children: text.copy, icon: icons.copy, onChoose: () => copy(content) },
    {
      children: isPinned(message) ? words.pins.unpin : words.pins.pin,
      icon: icons.pin,
      onChoose: () => setPin(message, !isPinned(message)),
    },
    isOpen && { children: text.forward, icon: icons.forward, onChoose: inspect('forward') },
    isOwn && { children: text.readers, icon: icons.eye, onChoose: inspect('readers') },
    reactions.length > 0 && { children: text.reactors, icon: icons.smile, onChoose: inspect('reactions') },
    isOpen && edited_at !== null && { children: text.versions, icon: icons.clock, onChoose: inspect('versions') },
    isOwn && { children: text.delete, icon: icons.bin, isDanger: true, onChoose: () => remove(talk, message_id) },
    !isOwn && { children: text.report, icon: icons.flag, isDanger: true, onChoose: inspect('report') },
  ]
  return items.map((item, at) => item && <MenuItem key={at} {...item} />)
}

/** What one may do with a message. */
export function MessageActions({ message }: { message: Message }) {
  const talk = useTalk()
  const { messages: text } = words
  return (
    <fieldset class="message-actions" aria-label={text.actions(nameOf(message.sender_id))}>
      {!isEncrypted(message.conversation_id) && (
        <ReactionPicker onChoose={(emoji) => react(talk, { messageId: message.message_id, emoji, isWanted: true })} />
      )}
      {absenceOf(message) === undefined && (
        <IconButton label={text.reply} icon={icons.reply} onClick={() => (talk.replyTo.value = message)} />
      )}
      <Menu label={text.more} face={icons.more} look="icon-button">
        <MenuItems message={message} />
      </Menu>
    </fieldset>
  )
}
