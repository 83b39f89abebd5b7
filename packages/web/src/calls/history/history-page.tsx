import { useEffect, useMemo } from 'preact/hooks'
import { follow, place } from '../../app/router.ts'
import { Shell } from '../../app/shell.tsx'
import { useTitle } from '../../app/title.ts'
import { Button } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { pages } from '../../pages.ts'
import { explain } from '../../words/explain.ts'
import { words } from '../../words/index.ts'
import { CallDetails } from './call-details.tsx'
import { CallRow } from './call-row.tsx'
import { History } from './history.ts'
import '../../styles/call-history.css'

const { history: text } = words.calls

function CallList({ history }: { history: History }) {
  const state = history.state.value
  const calls = history.calls.value
  return (
    <>
      <header class="own-bar">
        <a class="icon-button" href={pages.home} onClick={follow} aria-label={words.toConversations}>
          {icons.back}
        </a>
        <h2>{text.title}</h2>
      </header>
      <nav aria-label={text.title}>
        <ul class="conversation-list">
          {calls.map((call) => (
            <CallRow key={call.call_id} call={call} />
          ))}
        </ul>
        {state.is === 'there' && calls.length === 0 && <p class="empty">{text.none}</p>}
        {state.is === 'failed' && (
          <div class="notice error" role="alert">
            <p>{explain(state.error)}</p>
            <Button onClick={() => void history.load()}>{words.tryAgain}</Button>
          </div>
        )}
        {state.is === 'loading' && <p class="hint late empty">{words.loading}</p>}
        {state.is === 'there' && history.hasOlder.value && (
          <p class="empty">
            <Button onClick={() => void history.load()}>{text.older}</Button>
          </p>
        )}
      </nav>
    </>
  )
}

/** The calls that were: all of them on one side, one of them beside. */
export function HistoryPage() {
  const history = useMemo(() => new History(), [])
  const { callId } = place.value
  useEffect(() => void history.load(), [history])
  useTitle(text.title)
  return (
    <Shell side={<CallList history={history} />} hasChosen={callId !== undefined}>
      {callId === undefined ? <p class="waiting">{text.choose}</p> : <CallDetails key={callId} callId={callId} />}
    </Shell>
  )
}
