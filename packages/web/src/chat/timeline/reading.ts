import { type Signal, useSignal } from '@preact/signals'
import type { OwnConversation } from '@secureconnect/sdk'
import { useEffect } from 'preact/hooks'
import { markRead } from '../list/conversations.ts'

/** Says that the conversation was read while its end is in sight of somebody. */
export function useReading(conversation: OwnConversation, isSeen: boolean): void {
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

/** Where what is new begins, and how much of it there is: it stays marked after it was read. */
export type News = { afterSeq: number; count: number }

/** What is new since one looked last: as one comes, or as it happens while one looks elsewhere. */
export function useNews({ unread_count, read_seq }: OwnConversation, isSeen: boolean): Signal<News | undefined> {
  const news = useSignal<News | undefined>(unread_count > 0 ? { afterSeq: read_seq, count: unread_count } : undefined)
  useEffect(() => {
    const isLooking = isSeen && document.visibilityState === 'visible'
    if (unread_count > 0 && !isLooking) news.value = { afterSeq: read_seq, count: unread_count }
  }, [unread_count])
  return news
}
