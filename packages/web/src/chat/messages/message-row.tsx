import type { Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { shownOf } from '../../encryption/readings.ts'
import { MessageFiles } from '../../files/message-files.tsx'
import { Avatar } from '../../people/avatar.tsx'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { timeOf, wholeTimeOf } from '../../words/times.ts'
import { Reactions } from '../reactions/reactions.tsx'
import { ProgressMark } from '../receipts/progress-mark.tsx'
import type { Progress } from '../receipts/receipts.ts'
import { EditForm } from './edit-form.tsx'
import { edit } from './editing.ts'
import { MessageActions } from './message-actions.tsx'
import { Quote } from './quote.tsx'
import { absenceOf, isThere, writtenIn } from './text-of.ts'
import { WrittenText } from './written-text.tsx'

/** What somebody said, by words, files and what he answers. */
function Said({ message: given }: { message: Message }) {
  const message = shownOf(given)
  const { reply_to: replyTo, file_ids, forwarded_from, edited_at } = message
  const written = writtenIn(message)
  const { messages: text } = words
  return (
    <>
      {forwarded_from && <p class="hint">{text.forwarded}</p>}
      {replyTo && <Quote messageId={replyTo} />}
      {written && <WrittenText text={written} mentions={message.mentions} mentions_all={message.mentions_all} />}
      {file_ids.length > 0 && <MessageFiles message={message} />}
      {edited_at && (
        <span class="hint" title={wholeTimeOf(edited_at)}>
          {text.edited}
        </span>
      )}
      <Reactions message={message} />
    </>
  )
}

type Props = { message: Message; isFirst: boolean; isSought: boolean; progress: Progress | undefined }

/** One message; the first of several in a row names its author. Drawn again only where one of these changed. */
export function MessageRow({ message, isFirst, isSought, progress }: Props) {
  const { message_id: id, sender_id: senderId, created_at } = message
  const absence = absenceOf(message)
  const name = nameOf(senderId)
  const now = edit.value?.message.message_id === id ? edit.value : undefined
  const isOwn = senderId === client.userId
  return (
    <li
      class={`message ${isFirst ? 'first' : ''} ${isOwn ? 'own' : ''} ${isSought ? 'sought' : ''}`}
      data-id={id}
      data-seq={message.seq}
    >
      {isFirst && <Avatar id={senderId} name={name} />}
      <div class="message-body">
        <p class={isFirst ? 'byline' : 'for-readers'}>
          <strong>{name}</strong>{' '}
          <time dateTime={created_at} title={wholeTimeOf(created_at)}>
            {timeOf(created_at)}
          </time>
        </p>
        {now ? (
          <EditForm now={now} />
        ) : absence === undefined ? (
          <Said message={message} />
        ) : (
          <p class="absence">{absence}</p>
        )}
      </div>
      {progress && absence === undefined && <ProgressMark progress={progress} />}
      {isThere(message) && !now && <MessageActions message={message} />}
    </li>
  )
}
