import type { ComponentChildren } from 'preact'
import { client } from '../app/client.ts'
import { Button } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { nameOf } from '../people/people.ts'
import { words } from '../words/index.ts'
import { callIcons } from './call-icons.tsx'
import type { Talk } from './talk.ts'

/** So many are named at once; the others after them. */
const mostNamed = 3

function Notice({
  text,
  isError = false,
  children,
}: {
  text: string
  isError?: boolean
  children?: ComponentChildren
}) {
  return (
    <div class={`notice ${isError ? 'error' : ''}`} role={isError ? 'alert' : 'status'}>
      <span>{text}</span>
      {children}
    </div>
  )
}

function Waiting({ talk }: { talk: Talk }) {
  const { moderation: text } = words.calls
  const waiting = talk.room.value?.waiting ?? []
  const decide = (verdict: 'moderate.admit' | 'moderate.deny', user_id: string) => () =>
    talk.attempt((ask) => ask(verdict, { user_id }))
  return (
    <>
      {waiting.slice(0, mostNamed).map(({ user_id: id }) => (
        <Notice key={id} text={text.wantsIn(nameOf(id))}>
          <Button kind="primary" onClick={decide('moderate.admit', id)}>
            {text.admit}
          </Button>
          <Button onClick={decide('moderate.deny', id)}>{text.deny}</Button>
        </Notice>
      ))}
      {waiting.length > 1 && (
        <Notice text={text.waiting(waiting.length)}>
          <Button onClick={decide('moderate.admit', 'all')}>{text.admitAll}</Button>
        </Notice>
      )}
    </>
  )
}

/** That nobody but those in the call sees and hears it. */
export function EncryptionMark() {
  const { encryption: text } = words.calls
  return (
    <p class="call-encrypted" title={text.hint}>
      {icons.lock}
      {text.isOn}
    </p>
  )
}

/** That one is recorded: it stands there for as long as that is so. */
export function RecordingMark({ talk }: { talk: Talk }) {
  const { recording: text } = words.calls
  const recording = talk.room.value?.details?.recording
  if (!recording) return null
  const { started_by: by, status } = recording
  const isOwn = by === client.userId
  return (
    <p class="call-recording" role="alert">
      {callIcons.record}
      {status === 'waiting' ? text.waits : isOwn ? text.byYou : text.by(nameOf(by))}
    </p>
  )
}

/** What is to be decided or was refused, and what is wrong with one's line or devices, each with a way on. */
export function StageNotices({ talk }: { talk: Talk }) {
  const { calls: text, tryAgain, close } = words
  const fault = talk.media.fault.value
  const refusal = talk.refusal.value
  return (
    <div class="stage-notices">
      <Waiting talk={talk} />
      {!talk.hasLine.value && <Notice text={text.offline} />}
      {talk.hasLine.value && !talk.hasWay.value && <Notice text={text.noWay} isError />}
      {refusal !== undefined && (
        <Notice text={refusal} isError>
          <Button kind="quiet" onClick={() => (talk.refusal.value = undefined)}>
            {close}
          </Button>
        </Notice>
      )}
      {fault && (
        <Notice text={fault.text} isError>
          <Button onClick={() => void talk.media.turnOn(fault.source)}>{tryAgain}</Button>
          <Button kind="quiet" onClick={() => (talk.media.fault.value = undefined)}>
            {close}
          </Button>
        </Notice>
      )}
    </div>
  )
}
