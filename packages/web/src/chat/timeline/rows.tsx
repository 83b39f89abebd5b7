import type { Message } from '@secureconnect/sdk'
import { Fragment } from 'preact'
import { useEffect } from 'preact/hooks'
import { client } from '../../app/client.ts'
import { newsIn } from '../../encryption/device-news.tsx'
import { words } from '../../words/index.ts'
import { dayOf } from '../../words/times.ts'
import { MessageRow } from '../messages/message-row.tsx'
import { OutgoingRow } from '../messages/outgoing-row.tsx'
import { PollRow } from '../polls/poll-row.tsx'
import { loadPolls, type Poll, pollsOf } from '../polls/polls.ts'
import { progressOf, reachOf } from '../receipts/receipts.ts'
import { useTalk } from '../talk.ts'
import { outgoing } from '../writing/sending.ts'
import { EncryptionLines } from './encryption-lines.tsx'
import type { News } from './reading.ts'
import type { Timeline } from './timeline.ts'

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

/** The polls between what is at hand, each before the message that followed it; those after the last by no message. */
function usePolls({ conversationId, messages, hasOlder, hasNewer }: Timeline): Map<Message | undefined, Poll[]> {
  const [first] = messages.value
  const from = hasOlder.value ? (first?.seq ?? 0) : 0
  useEffect(() => {
    // What cannot be had now is asked for again when more of the conversation is there.
    loadPolls(conversationId, from).catch(() => undefined)
  }, [conversationId, from])
  const polls = pollsOf(conversationId).filter(({ seq }) => seq >= from)
  const places = Map.groupBy(polls, ({ seq }) => messages.value.find((message) => message.seq > seq))
  if (hasNewer.value) places.delete(undefined)
  return places
}

/** The messages at hand, by days, and after them what one has sent and is on its way. */
export function Rows({ news }: { news: News | undefined }) {
  const { timeline } = useTalk()
  const { conversationId } = timeline
  const messages = timeline.messages.value
  const reach = reachOf(conversationId)
  const sought = timeline.sought.value
  const firstNew = findFirstNew(messages, news, timeline.hasOlder.value)
  const polls = usePolls(timeline)
  const changes = newsIn(conversationId)
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
            {(before || !timeline.hasOlder.value) && (
              <EncryptionLines before={before} message={message} news={changes} />
            )}
            {isFirstNew && <li class="news-line">{words.messages.newFromHere}</li>}
            {polls.get(message)?.map((poll) => (
              <PollRow key={poll.poll_id} poll={poll} />
            ))}
            <MessageRow
              message={message}
              isFirst={isFirstNew || !isContinued(before, message)}
              isSought={sought?.seq === message.seq}
              progress={message.sender_id === client.userId ? progressOf(message.seq, reach) : undefined}
            />
          </Fragment>
        )
      })}
      {polls.get(undefined)?.map((poll) => (
        <PollRow key={poll.poll_id} poll={poll} />
      ))}
      {!timeline.hasNewer.value && <EncryptionLines before={messages.at(-1)} message={undefined} news={changes} />}
      {own.map((one) => (
        <OutgoingRow key={one.draft.client_id} one={one} />
      ))}
    </ol>
  )
}
