import { Button } from '../controls/button.tsx'
import { words } from '../words/index.ts'
import { beginTalk, putAway, tryAgain } from './current-talk.ts'
import type { Outcome } from './describe-ending.ts'
import type { Talk } from './talk.ts'

/** What became of a call, with what may be done next. */
export function EndedCall({ talk, outcome }: { talk: Talk; outcome: Outcome }) {
  const { calls: text } = words
  if (!outcome) return null
  const again = () => beginTalk({ conversationId: talk.conversationId, withCamera: talk.withCamera })
  const ways = {
    call: { label: text.callAgain, go: again },
    join: { label: text.joinAgain, go: again },
    retry: { label: words.tryAgain, go: tryAgain },
    none: undefined,
  }
  const way = ways[outcome.next]
  return (
    <div class="ended-call">
      <p role="alert">{outcome.text}</p>
      <div class="choices">
        {way && (
          <Button kind="primary" onClick={way.go}>
            {way.label}
          </Button>
        )}
        <Button onClick={putAway}>{words.close}</Button>
      </div>
    </div>
  )
}
