import { Button } from '../../controls/button.tsx'
import { MessageFiles } from '../../files/message-files.tsx'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { link } from '../connection.ts'
import { lookUpConversation } from '../list/conversations.ts'
import { discard, type Outgoing, sendAgain } from '../writing/sending.ts'
import { writtenIn } from './text-of.ts'
import { WrittenText } from './written-text.tsx'

/** What a message waits for that is on its way. */
function describeWay({ draft: { conversation_id: id }, hasNoReader }: Outgoing): string {
  const { messages, encryption } = words
  if (link.value.status !== 'open') return messages.waiting
  if (!hasNoReader) return messages.sending
  const peer = lookUpConversation(id)?.peer_id
  return peer ? encryption.waiting(nameOf(peer)) : encryption.waitingForAll
}

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
          {isRefused ? messages.unsent(one.refusal ?? '') : describeWay(one)}
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
