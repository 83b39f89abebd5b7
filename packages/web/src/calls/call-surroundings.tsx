import { useEffect } from 'preact/hooks'
import { nameOf } from '../people/people.ts'
import { words } from '../words/index.ts'
import { talk } from './current-talk.ts'
import { IncomingCards } from './incoming-cards.tsx'
import { Sounds } from './sounds.tsx'
import type { Talk } from './talk.ts'
import { startTone } from './tone.ts'

function Heard({ talk }: { talk: Talk }) {
  const isRinging = talk.isRinging.value
  useEffect(() => (isRinging ? startTone('outgoing') : undefined), [isRinging])
  return <Sounds talk={talk} />
}

/** Says who comes and goes, to those who do not see it. */
function Announcement({ talk }: { talk: Talk }) {
  const news = talk.news.value
  return (
    <p class="for-readers" aria-live="polite">
      {news && words.calls[news.is](nameOf(news.userId))}
    </p>
  )
}

/** What there is of calls whichever page one is on. */
export function CallSurroundings() {
  const { value } = talk
  return (
    <>
      <IncomingCards />
      {value && <Heard key={value.id} talk={value} />}
      {value && <Announcement key={value.id} talk={value} />}
    </>
  )
}
