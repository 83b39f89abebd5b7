import { useSignal } from '@preact/signals'
import type { OwnConversation } from '@secureconnect/sdk'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { explain } from '../../words/explain.ts'
import { words } from '../../words/index.ts'
import { useTalk } from '../talk.ts'
import { useNews, useReading } from './reading.ts'
import { Rows } from './rows.tsx'
import { isAtEnd, useSteadyPlace } from './steady-place.ts'

/** Whoever is this near to an end is given more of it. */
const nearPx = 600

const isNearBeginning = ({ scrollTop, scrollHeight, clientHeight }: HTMLElement) =>
  scrollHeight - clientHeight + scrollTop < nearPx
const isNearEnd = ({ scrollTop }: HTMLElement) => scrollTop > -nearPx

/** A conversation from its end back, loaded as one goes. */
export function TimelineView({ conversation }: { conversation: OwnConversation }) {
  const { timeline } = useTalk()
  const scroller = useRef<HTMLDivElement>(null)
  const isEndSeen = useSignal(true)
  const areNewsSeen = useSignal(false)
  const messages = timeline.messages.value
  const remember = useSteadyPlace(scroller, messages)
  const state = timeline.state.value
  const isSeen = isEndSeen.value && !timeline.hasNewer.value && state.is === 'there'
  const news = useNews(conversation, isSeen).value
  useReading(conversation, isSeen)
  useEffect(() => {
    areNewsSeen.value = false
  }, [news?.afterSeq])

  function look(): void {
    const { current } = scroller
    if (!current) return
    isEndSeen.value = isAtEnd(current)
    const { top } = current.getBoundingClientRect()
    const line = current.querySelector('.news-line')
    if (line && line.getBoundingClientRect().top >= top) areNewsSeen.value = true
    remember()
    // What cannot be had now is asked for again when one goes on.
    if (isNearBeginning(current)) timeline.loadOlder().catch(() => undefined)
    if (isNearEnd(current)) timeline.loadNewer().catch(() => undefined)
  }
  useEffect(look, [messages, news])

  const sought = timeline.sought.value
  useLayoutEffect(() => {
    if (!sought) return
    scroller.current?.querySelector(`[data-seq="${sought.seq}"]`)?.scrollIntoView({ block: 'center' })
    remember()
  }, [sought])

  async function goToEnd(): Promise<void> {
    if (timeline.hasNewer.value) await timeline.toEnd(conversation)
    scroller.current?.scrollTo({ top: 0 })
  }

  async function goToNews(afterSeq: number): Promise<void> {
    areNewsSeen.value = true
    await timeline.goTo(afterSeq)
    scroller.current?.querySelector('.news-line')?.scrollIntoView({ block: 'center' })
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
      {news && !areNewsSeen.value && (
        <button class="pill to-news" type="button" onClick={() => goToNews(news.afterSeq)}>
          {icons.up}
          {words.messages.newCount(news.count)}
        </button>
      )}
      <div class="scroller" ref={scroller} onScroll={look} role="log" aria-label={words.messages.log}>
        {(state.is === 'there' || messages.length > 0) && <Rows news={news} />}
      </div>
      {isAway && (
        <button class="pill to-end" type="button" onClick={goToEnd}>
          {icons.down}
          {conversation.unread_count > 0 ? words.messages.newCount(conversation.unread_count) : words.messages.toEnd}
        </button>
      )}
    </div>
  )
}
