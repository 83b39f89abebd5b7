import type { CallReport } from '@secureconnect/sdk/calls'
import { client } from '../../app/client.ts'
import { conversationPath, follow } from '../../app/router.ts'
import { Button } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { Loaded, useAnswer } from '../../controls/loaded.tsx'
import { pages } from '../../pages.ts'
import { Avatar } from '../../people/avatar.tsx'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { timeOf, wholeTimeOf } from '../../words/times.ts'
import { callProgram, loadCallProgram } from '../call-program.ts'
import { rateConnection } from '../connection-quality.ts'
import { outcomeOf, titleOfCall } from './describe-call.ts'
import { Recordings } from './recordings.tsx'

const { history: text } = words.calls

type Stay = CallReport['stays'][number]

function describeQuality({ quality: { up, down } }: Stay): string | undefined {
  const rating = rateConnection([up?.average, down?.average])
  return rating && words.calls.tiles.quality[rating]
}

function StayRow({ stay }: { stay: Stay }) {
  const { user_id: id, joined_at, left_at } = stay
  return (
    <li class="stay-row">
      <Avatar id={id} name={nameOf(id)} size="small" />
      <span>{nameOf(id)}</span>
      <span class="hint">
        {timeOf(joined_at)} – {left_at === null ? text.stillThere : timeOf(left_at)}
      </span>
      <span class="hint">{describeQuality(stay)}</span>
    </li>
  )
}

function Report({ report }: { report: CallReport }) {
  const { call, stays, left_out } = report
  const mayCall = callProgram.value?.talk.value?.isGoingOn.value !== true
  const callAgain = () =>
    void loadCallProgram().then(
      ({ beginTalk }) => beginTalk({ conversationId: call.conversation_id, withCamera: call.call_type === 'video' }),
      () => undefined,
    )
  return (
    <>
      <header class="conversation-bar">
        <a class="icon-button only-phone" href={pages.calls} onClick={follow} aria-label={words.back}>
          {icons.back}
        </a>
        <h1>{titleOfCall(call)}</h1>
      </header>
      <div class="section">
        <p>
          {wholeTimeOf(call.created_at)}
          <br />
          <span class="hint">{outcomeOf(call)}</span>
        </p>
        <div class="choices">
          {mayCall && (
            <Button kind="primary" onClick={callAgain}>
              {call.ended_at === null ? words.calls.join : words.calls.callAgain}
            </Button>
          )}
          <a class="button plain" href={conversationPath(call.conversation_id)} onClick={follow}>
            {text.openConversation}
          </a>
        </div>
        {stays.length > 0 && (
          <section class="panel" aria-labelledby="stays-title">
            <h2 id="stays-title">{text.people}</h2>
            <ul>
              {stays.map((stay) => (
                <StayRow key={stay.participant_id} stay={stay} />
              ))}
            </ul>
            {left_out > 0 && <p class="hint">{text.leftOut(left_out)}</p>}
          </section>
        )}
        <Recordings call={call} />
      </div>
    </>
  )
}

/** How one call was: who was in it when, how well it went, and what was recorded. */
export function CallDetails({ callId: call_id }: { callId: string }) {
  const report = useAnswer((signal) => client.rest.callReports.get({ call_id }, { signal }))
  return <Loaded of={report}>{(value) => <Report report={value} />}</Loaded>
}
