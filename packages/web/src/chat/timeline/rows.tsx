import type { Message } from '@secureconnect/sdk'
import { Fragment } from 'preact'
import { client } from '../../app/client.ts'
import { words } from '../../words/index.ts'
import { dayOf } from '../../words/times.ts'
import { MessageRow } from '../messages/message-row.tsx'
import { OutgoingRow } from '../messages/outgoing-row.tsx'
import { progressOf, reachOf } from '../receipts/receipts.ts'
import { useTalk } from '../talk.ts'
import { outgoing } from '../writing/sending.ts'
import type { News } from './reading.ts'

/** What somebody says within this belongs together. */
const pauseMs = 5 * 60_000

function isSameDay(a: Message, b: Message): boolean {
  return new Date(a.created_at).toDateString() === new Date(b.created_at).toDateString()
}

function isContinued(before: Message | undefined, message: Message): boolean {
  if (!before || before.sender_id !== message.sender_id || !isSameDay(before, message)) return false
  return Date.parse(message.created_at) - Date.parse(before.created_at) < pauseMs
}

/** The first new one, if it is at hand together with what comes before it. */
function findFirstNew(messages: readonly Message[], news: News | undefined, hasOlder: boolean): Message | undefined {
  if (!news) return undefined
  const at = messages.findIndex(({ seq, sender_id }) => seq > news.afterSeq && sender_id !== client.userId)
  return at > 0 || !hasOlder ? messages[at] : undefined
}

/** The messages at hand, by days, and after them what one has sent and is on its way. */
export function Rows({ news }: { news: News | undefined }) {
  const { timeline } = useTalk()
  const { conversationId } = timeline
  const messages = timeline.messages.value
  const reach = reachOf(conversationId)
  const sought = timeline.sought.value
  const firstNew = findFirstNew(messages, news, timeline.hasOlder.value)
  const own = timeline.hasNewer.value
    ? []
    : outgoing.value.filter(({ draft }) => draft.conversation_id === conversationId)
  return (
    <ol class="messages">
      {!timeline.hasOlder.value && <li class="beginning">{words.messages.beginning}</li>}
      {messages.map((message, at) => {
        const before = messages[at - 1]
        const isNewDay = !before || !isSameDay(before, message)
        const isFirstNew = message === firstNew
        return (
          <Fragment key={message.message_id}>
            {isNewDay && <li class="day">{dayOf(message.created_at)}</li>}
            {isFirstNew && <li class="news-line">{words.messages.newFromHere}</li>}
            <MessageRow
              message={message}
              isFirst={isFirstNew || !isContinued(before, message)}
              isSought={sought?.seq === message.seq}
              progress={message.sender_id === client.userId ? progressOf(message.seq, reach) : undefined}
            />
          </Fragment>
        )
      })}
      {own.map((one) => (
        <OutgoingRow key={one.draft.client_id} one={one} />
      ))}
    </ol>
  )
}
