import { Button } from '../../controls/button.tsx'
import { MessageFiles } from '../../files/message-files.tsx'
import { words } from '../../words/index.ts'
import { link } from '../connection.ts'
import { discard, type Outgoing, sendAgain } from '../writing/sending.ts'
import { writtenIn } from './text-of.ts'
import { WrittenText } from './written-text.tsx'

/** A message of one's own that is on its way, or was refused. */
export function OutgoingRow({ one }: { one: Outgoing }) {
  const { messages } = words
  const { file_ids: fileIds, metadata = {} } = one.draft
  const written = writtenIn(one.draft)
  const isRefused = one.refusal !== undefined
  return (
    <li class={`message own outgoing ${isRefused ? 'refused' : ''}`}>
      <div class="message-body">
        {written && <WrittenText text={written} />}
        {fileIds && <MessageFiles message={{ file_ids: fileIds, metadata }} />}
        <p class={isRefused ? 'error' : 'hint'} role="status">
          {isRefused
            ? messages.unsent(one.refusal ?? '')
            : link.value.status === 'open'
              ? messages.sending
              : messages.waiting}
        </p>
        {isRefused && (
          <p class="choices">
            <Button onClick={() => sendAgain(one)}>{messages.sendAgain}</Button>
            <Button kind="quiet" onClick={() => discard(one)}>
              {messages.discard}
            </Button>
          </p>
        )}
      </div>
    </li>
  )
}
