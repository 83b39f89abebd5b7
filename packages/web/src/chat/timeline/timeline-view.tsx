import { useSignal } from '@preact/signals'
import type { Message, OwnConversation } from '@secureconnect/sdk'
import { Fragment, type RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { explain } from '../../words/explain.ts'
import { words } from '../../words/index.ts'
import { dayOf } from '../../words/times.ts'
import { markRead } from '../list/conversations.ts'
import { MessageRow } from '../messages/message-row.tsx'
import { OutgoingRow } from '../messages/outgoing-row.tsx'
import { outgoing } from '../writing/sending.ts'
import type { Timeline } from './timeline.ts'

/** Whoever is this near to an end is given more of it. */
const nearPx = 600
/** What somebody says within this belongs together. */
const pauseMs = 5 * 60_000

/** The list stands on its end: there its place is 0, and above it below 0. */
const isAtEnd = (scroller: HTMLElement) => scroller.scrollTop > -40
const isNearBeginning = ({ scrollTop, scrollHeight, clientHeight }: HTMLElement) =>
  scrollHeight - clientHeight + scrollTop < nearPx
const isNearEnd = ({ scrollTop }: HTMLElement) => scrollTop > -nearPx

function isSameDay(a: Message, b: Message): boolean {
  return new Date(a.created_at).toDateString() === new Date(b.created_at).toDateString()
}

function isContinued(before: Message | undefined, message: Message): boolean {
  if (!before || before.sender_id !== message.sender_id || !isSameDay(before, message)) return false
  return Date.parse(message.created_at) - Date.parse(before.created_at) < pauseMs
}

/** Keeps what is read where it is while rows come and go around it. */
function useSteadyPlace(scroller: RefObject<HTMLDivElement | null>, messages: readonly Message[]) {
  const anchor = useRef<{ id: string; top: number } | undefined>(undefined)
  const remember = () => {
    const { current } = scroller
    if (!current || isAtEnd(current)) {
      anchor.current = undefined
      return
    }
    const { top } = current.getBoundingClientRect()
    for (const row of current.querySelectorAll<HTMLElement>('[data-id]')) {
      const box = row.getBoundingClientRect()
      if (box.bottom < top) continue
      anchor.current = { id: row.dataset.id ?? '', top: box.top }
      return
    }
  }
  useLayoutEffect(() => {
    const { current } = scroller
    if (current && anchor.current) {
      const row = current.querySelector(`[data-id="${anchor.current.id}"]`)
      if (row) current.scrollTop += row.getBoundingClientRect().top - anchor.current.top
    }
    remember()
  }, [messages])
  return remember
}

/** Says that the conversation was read while its end is in sight of somebody. */
function useReading(conversation: OwnConversation, isSeen: boolean) {
  const { conversation_id, last_seq, unread_count } = conversation
  useEffect(() => {
    const read = () => {
      if (!isSeen || document.visibilityState !== 'visible' || unread_count === 0) return
      // Without a connection it is said the next time.
      markRead(conversation).catch(() => undefined)
    }
    read()
    document.addEventListener('visibilitychange', read)
    return () => document.removeEventListener('visibilitychange', read)
  }, [conversation_id, last_seq, unread_count, isSeen])
}

type Props = { timeline: Timeline; conversation: OwnConversation; onReply: (message: Message) => void }

function Rows({ timeline, conversation, onReply }: Props) {
  const messages = timeline.messages.value
  const own = timeline.hasNewer.value
    ? []
    : outgoing.value.filter(({ draft }) => draft.conversation_id === conversation.conversation_id)
  return (
    <ol class="messages">
      {!timeline.hasOlder.value && <li class="beginning">{words.messages.beginning}</li>}
      {messages.map((message, at) => {
        const before = messages[at - 1]
        const isNewDay = !before || !isSameDay(before, message)
        return (
          <Fragment key={message.message_id}>
            {isNewDay && <li class="day">{dayOf(message.created_at)}</li>}
            <MessageRow message={message} isFirst={!isContinued(before, message)} onReply={() => onReply(message)} />
          </Fragment>
        )
      })}
      {own.map((one) => (
        <OutgoingRow key={one.draft.client_id} one={one} />
      ))}
    </ol>
  )
}

/** A conversation from its end back, loaded as one goes. */
export function TimelineView(props: Props) {
  const { timeline, conversation } = props
  const scroller = useRef<HTMLDivElement>(null)
  const isEndSeen = useSignal(true)
  const messages = timeline.messages.value
  const remember = useSteadyPlace(scroller, messages)
  const state = timeline.state.value
  useReading(conversation, isEndSeen.value && !timeline.hasNewer.value && state.is === 'there')

  function look(): void {
    const { current } = scroller
    if (!current) return
    isEndSeen.value = isAtEnd(current)
    remember()
    // What cannot be had now is asked for again when one goes on.
    if (isNearBeginning(current)) timeline.loadOlder().catch(() => undefined)
    if (isNearEnd(current)) timeline.loadNewer().catch(() => undefined)
  }
  useEffect(look, [messages])

  async function goToEnd(): Promise<void> {
    if (timeline.hasNewer.value) await timeline.toEnd(conversation)
    scroller.current?.scrollTo({ top: 0 })
  }

  if (state.is === 'failed') {
    return (
      <div class="timeline waiting">
        <p role="alert">{explain(state.error)}</p>
        <Button onClick={() => timeline.toEnd(conversation)}>{words.tryAgain}</Button>
      </div>
    )
  }
  const isAway = !isEndSeen.value || timeline.hasNewer.value
  return (
    <div class="timeline">
      <div class="scroller" ref={scroller} onScroll={look} role="log" aria-label={words.messages.log}>
        {(state.is === 'there' || messages.length > 0) && <Rows {...props} />}
      </div>
      {isAway && (
        <button class="to-end" type="button" onClick={goToEnd}>
          {icons.down}
          {conversation.unread_count > 0 ? words.messages.newCount(conversation.unread_count) : words.messages.toEnd}
        </button>
      )}
    </div>
  )
}
