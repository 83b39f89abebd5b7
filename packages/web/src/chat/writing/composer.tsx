import { type Signal, useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import type { Message } from '@secureconnect/sdk'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { IconButton } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { textOf } from '../messages/text-of.ts'
import { keepDraft, readDraft } from './drafts.ts'
import { sendText } from './sending.ts'
import { tellStopped, tellTyping } from './typing.ts'

type Props = {
  conversationId: string
  title: string
  replyTo: Signal<Message | undefined>
  onSent: () => void
}

/** Grows with what is written, up to what its style allows. */
function useGrowing(text: string) {
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    const { current } = field
    if (!current) return
    current.style.height = 'auto'
    current.style.height = `${current.scrollHeight}px`
  }, [text])
  return field
}

/** Under a thumb Enter makes a line, and the button sends. */
const isTouched = matchMedia('(pointer: coarse)')

export function Composer({ conversationId, title, replyTo, onSent }: Props) {
  const text = useSignal('')
  const field = useGrowing(text.value)
  const { messages } = words
  const isTooLong = [...text.value].length > limits.messageCharacters
  const canSend = text.value.trim() !== '' && !isTooLong

  useEffect(() => {
    void readDraft(conversationId).then((draft) => {
      text.value ||= draft
    })
    if (!isTouched.matches) field.current?.focus()
    return () => tellStopped(conversationId)
  }, [conversationId])

  function write(next: string): void {
    text.value = next
    void keepDraft(conversationId, next)
    if (next === '') tellStopped(conversationId)
    else tellTyping(conversationId)
  }

  function send(): void {
    if (!canSend) return
    sendText(conversationId, text.value.trim(), replyTo.value?.message_id)
    replyTo.value = undefined
    write('')
    onSent()
    field.current?.focus()
  }

  function handleKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') replyTo.value = undefined
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || isTouched.matches) return
    event.preventDefault()
    send()
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {replyTo.value && (
        <p class="reply-to">
          <strong>{nameOf(replyTo.value.sender_id)}</strong> <span>{textOf(replyTo.value)}</span>
          <IconButton label={words.cancel} icon={icons.close} onClick={() => (replyTo.value = undefined)} />
        </p>
      )}
      {isTooLong && (
        <p class="error" role="alert">
          {messages.tooLong(limits.messageCharacters)}
        </p>
      )}
      <textarea
        ref={field}
        rows={1}
        value={text.value}
        aria-label={messages.writeTo(title)}
        placeholder={messages.write}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={handleKey}
      />
      <IconButton label={messages.send} icon={icons.send} type="submit" isDisabled={!canSend} />
    </form>
  )
}
