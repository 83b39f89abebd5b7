import { useSignal } from '@preact/signals'
import type { Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { IconButton } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { MessageFiles } from '../../files/message-files.tsx'
import { Avatar } from '../../people/avatar.tsx'
import { nameOf } from '../../people/people.ts'
import { explain } from '../../words/explain.ts'
import { words } from '../../words/index.ts'
import { timeOf, wholeTimeOf } from '../../words/times.ts'
import { findQuote } from './quotes.ts'
import { absenceOf, textOf, writtenIn } from './text-of.ts'
import { WrittenText } from './written-text.tsx'

function Quote({ messageId }: { messageId: string }) {
  const quote = findQuote(messageId)
  if (quote === undefined) return <blockquote class="quote">…</blockquote>
  if (quote === null) return <blockquote class="quote">{words.messages.deleted}</blockquote>
  return (
    <blockquote class="quote">
      <strong>{nameOf(quote.sender_id)}</strong> {textOf(quote)}
    </blockquote>
  )
}

/** What one may do with a message; its author may take it back. */
function Actions({ message, onReply }: { message: Message; onReply: () => void }) {
  const failure = useSignal<string | undefined>(undefined)
  const { messages } = words
  async function remove(): Promise<void> {
    try {
      await client.chat.ask('message.delete', { message_id: message.message_id })
    } catch (error) {
      failure.value = explain(error)
    }
  }
  return (
    <fieldset class="message-actions" aria-label={messages.actions(nameOf(message.sender_id))}>
      {failure.value && <span role="alert">{failure.value}</span>}
      <IconButton label={messages.reply} icon={icons.reply} onClick={onReply} />
      {message.sender_id === client.userId && <IconButton label={messages.delete} icon={icons.bin} onClick={remove} />}
    </fieldset>
  )
}

type Props = { message: Message; isFirst: boolean; onReply: () => void }

/** One message; the first of several in a row names its author. */
export function MessageRow({ message, isFirst, onReply }: Props) {
  const { sender_id: senderId, created_at, edited_at, reply_to: replyTo, file_ids } = message
  const written = writtenIn(message)
  const absence = absenceOf(message)
  const name = nameOf(senderId)
  return (
    <li
      class={`message ${isFirst ? 'first' : ''} ${senderId === client.userId ? 'own' : ''}`}
      data-id={message.message_id}
    >
      {isFirst && <Avatar id={senderId} name={name} />}
      <div class="message-body">
        <p class={isFirst ? 'byline' : 'for-readers'}>
          <strong>{name}</strong>{' '}
          <time dateTime={created_at} title={wholeTimeOf(created_at)}>
            {timeOf(created_at)}
          </time>
        </p>
        {replyTo && absence === undefined && <Quote messageId={replyTo} />}
        {absence === undefined ? written && <WrittenText text={written} /> : <p class="absence">{absence}</p>}
        {absence === undefined && file_ids.length > 0 && <MessageFiles message={message} />}
        {edited_at && absence === undefined && <span class="hint">{words.messages.edited}</span>}
      </div>
      {absence === undefined && <Actions message={message} onReply={onReply} />}
    </li>
  )
}
