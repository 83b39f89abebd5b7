import { type Signal, signal } from '@preact/signals'
import type { Message } from '@secureconnect/sdk'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Timeline } from './timeline/timeline.ts'

/** A conversation that is open on the page, and what somebody is doing in it. */
export type Talk = {
  conversationId: string
  timeline: Timeline
  replyTo: Signal<Message | undefined>
  /** What is open beside it. */
  panel: Signal<PanelName | undefined>
  /** A window over it that belongs to one of its messages. */
  inspected: Signal<Inspected | undefined>
}

export type PanelName = 'details' | 'search' | 'pins'

/** What can be looked at or done with one message in a window of its own. */
export type Inspected = { what: 'readers' | 'reactions' | 'versions' | 'forward' | 'report'; message: Message }

export function createTalk(timeline: Timeline): Talk {
  return {
    conversationId: timeline.conversationId,
    timeline,
    replyTo: signal(undefined),
    panel: signal(undefined),
    inspected: signal(undefined),
  }
}

/** Where there is no room for both, a panel lies over its conversation. */
const isNarrow = matchMedia('(max-width: 70rem)')

/** Goes to a message of the conversation, and shows it. */
export async function showMessage({ timeline, panel }: Talk, seq: number): Promise<void> {
  if (isNarrow.matches) panel.value = undefined
  await timeline.goTo(seq)
}

export const TalkContext = createContext<Talk | undefined>(undefined)

/** The conversation that is open around whoever asks. */
export function useTalk(): Talk {
  const talk = useContext(TalkContext)
  if (!talk) throw new Error('This is shown in a conversation only.')
  return talk
}
