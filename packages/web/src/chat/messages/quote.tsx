import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { useTalk } from '../talk.ts'
import { findQuote } from './quotes.ts'
import { textOf } from './text-of.ts'

/** The message that another one answers; a click goes to it. */
export function Quote({ messageId }: { messageId: string }) {
  const { timeline } = useTalk()
  const quote = findQuote(messageId)
  if (quote === undefined) return <blockquote class="quote">…</blockquote>
  if (quote === null) return <blockquote class="quote">{words.messages.deleted}</blockquote>
  return (
    <blockquote class="quote">
      <button type="button" onClick={() => timeline.goTo(quote.seq)}>
        <strong>{nameOf(quote.sender_id)}</strong> {textOf(quote)}
      </button>
    </blockquote>
  )
}
