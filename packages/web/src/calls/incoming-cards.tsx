import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { lookUpConversation, titleOf } from '../chat/list/conversations.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { Avatar } from '../people/avatar.tsx'
import { nameOf } from '../people/people.ts'
import { words } from '../words/index.ts'
import { callIcons } from './call-icons.tsx'
import { answer, beginTalk, decline, talk } from './current-talk.ts'
import { explainCall } from './explain-call.ts'
import { note, type Ringing, ringing, takeUp } from './ringing.ts'
import { startTone } from './tone.ts'

const { incoming: text } = words.calls
const noteLastsMs = 12_000

function describe({ caller_id, call_type, conversation_id }: Ringing) {
  const conversation = lookUpConversation(conversation_id)
  const within = conversation?.type === 'group' ? text.within(titleOf(conversation)) : ''
  return { who: text[call_type](nameOf(caller_id)), within }
}

function Card({ call, onFail }: { call: Ringing; onFail: (error: unknown) => void }) {
  const isSilenced = useSignal(false)
  const { call_id: id, caller_id, call_type } = call
  const { who, within } = describe(call)
  const isVideo = call_type === 'video'
  useEffect(() => (isSilenced.value ? undefined : startTone('incoming')), [isSilenced.value])

  function accept(withCamera: boolean): void {
    if (takeUp(id)) answer(call, withCamera)
  }
  function refuse(): void {
    if (takeUp(id)) decline(id).catch(onFail)
  }

  return (
    <section class="call-card" aria-label={text.title}>
      <Avatar id={caller_id} name={nameOf(caller_id)} />
      <p role="alert">
        <strong>{who}</strong> <span class="hint">{within}</span>
      </p>
      {!isSilenced.value && (
        <IconButton label={text.silence} icon={callIcons.quiet} onClick={() => (isSilenced.value = true)} />
      )}
      {talk.value?.isGoingOn.value && <p class="hint whole-row">{text.replaces}</p>}
      <div class="choices whole-row">
        <Button kind="primary" onClick={() => accept(isVideo)}>
          {isVideo ? text.acceptVideo : text.accept}
        </Button>
        <Button onClick={() => accept(!isVideo)}>{isVideo ? text.acceptSound : text.acceptVideo}</Button>
        <Button kind="danger" onClick={refuse}>
          {text.decline}
        </Button>
      </div>
    </section>
  )
}

function Note() {
  const { value } = note
  useEffect(() => {
    if (!value) return
    const timer = setTimeout(() => {
      note.value = undefined
    }, noteLastsMs)
    return () => clearTimeout(timer)
  }, [value])
  if (!value) return null
  const { call, is } = value
  const name = nameOf(call.caller_id)
  const putAway = () => {
    note.value = undefined
  }
  return (
    <section class="call-card" aria-label={text.title}>
      <p role="status">{is === 'missed' ? text.missed(name) : text.elsewhere(name)}</p>
      <IconButton label={words.close} icon={icons.close} onClick={putAway} />
      {is === 'missed' && (
        <div class="choices whole-row">
          <Button
            onClick={() => {
              putAway()
              beginTalk({ conversationId: call.conversation_id, withCamera: call.call_type === 'video' })
            }}
          >
            {text.callBack}
          </Button>
        </div>
      )}
    </section>
  )
}

/** What rings here, and what rang in vain. */
export function IncomingCards() {
  const failure = useSignal<unknown>(undefined)
  return (
    <div class="call-cards">
      {ringing.value.map((call) => (
        <Card key={call.call_id} call={call} onFail={(error) => (failure.value = error)} />
      ))}
      {failure.value !== undefined && (
        <section class="call-card" aria-label={text.title}>
          <p role="alert">{explainCall(failure.value)}</p>
          <IconButton label={words.close} icon={icons.close} onClick={() => (failure.value = undefined)} />
        </section>
      )}
      <Note />
    </div>
  )
}
