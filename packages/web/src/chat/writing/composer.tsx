import { type Signal, useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import type { Message } from '@secureconnect/sdk'
import { useEffect } from 'preact/hooks'
import { IconButton } from '../../controls/button.tsx'
import { useGrowing } from '../../controls/growing.ts'
import { icons } from '../../controls/icons.tsx'
import { AttachButton } from '../../files/attach-button.tsx'
import { AttachmentList } from '../../files/attachment-list.tsx'
import { messageOf } from '../../files/message-of.ts'
import { takeForSending } from '../../files/uploading.ts'
import { useAttached } from '../../files/use-attached.ts'
import { VoiceButton } from '../../files/voice/voice-button.tsx'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { textOf } from '../messages/text-of.ts'
import { PollButton } from '../polls/poll-button.tsx'
import { keepDraft, restoreDraft } from './drafts.ts'
import { MentionList } from './mention-list.tsx'
import { sendMessage } from './sending.ts'
import { tellStopped, tellTyping } from './typing.ts'
import { useMentions } from './use-mentions.ts'

type Props = {
  conversationId: string
  title: string
  isEncrypted: boolean
  replyTo: Signal<Message | undefined>
  onEditLast: () => void
  onSent: () => void
}

/** What the message answers, and what is wrong with it. */
function Notices({ replyTo, isTooLong }: Pick<Props, 'replyTo'> & { isTooLong: boolean }) {
  return (
    <>
      {replyTo.value && (
        <p class="reply-to">
          <strong>{nameOf(replyTo.value.sender_id)}</strong> <span>{textOf(replyTo.value)}</span>
          <IconButton label={words.cancel} icon={icons.close} onClick={() => (replyTo.value = undefined)} />
        </p>
      )}
      {isTooLong && (
        <p class="error" role="alert">
          {words.messages.tooLong(limits.messageCharacters)}
        </p>
      )}
    </>
  )
}

/** Sends what is written, or records a voice where there is nothing. */
function Sending({ conversationId, canSend, isEmpty }: { conversationId: string; canSend: boolean; isEmpty: boolean }) {
  return (
    <>
      {!canSend && isEmpty && <VoiceButton conversationId={conversationId} />}
      <IconButton label={words.messages.send} icon={icons.send} type="submit" isDisabled={!canSend} />
    </>
  )
}

/** Under a thumb Enter makes a line, and the button sends. */
const isTouched = matchMedia('(pointer: coarse)')

export function Composer({ conversationId, title, isEncrypted, replyTo, onEditLast, onSent }: Props) {
  const text = useSignal('')
  const field = useGrowing(text.value)
  const isTooLong = [...text.value].length > limits.messageCharacters
  const { hasFiles, readiness, isHeld, paste } = useAttached(conversationId, send)
  const canSend = (text.value.trim() !== '' || hasFiles) && !isTooLong && readiness !== 'failed'

  const mentioning = useMentions({ conversationId, field, write })

  useEffect(() => {
    void restoreDraft(conversationId, text)
    if (!isTouched.matches) field.current?.focus()
    return () => tellStopped(conversationId)
  }, [conversationId])

  function write(next: string): void {
    text.value = next
    mentioning.look(next)
    void keepDraft(conversationId, next)
    if (next === '') tellStopped(conversationId)
    else tellTyping(conversationId)
  }

  function send(): void {
    if (!canSend) return
    isHeld.value = readiness === 'under-way'
    if (isHeld.value) return
    const reply = replyTo.value && { reply_to: replyTo.value.message_id }
    const parts = messageOf(text.value.trim(), takeForSending(conversationId))
    sendMessage({ conversation_id: conversationId, ...parts, ...reply })
    replyTo.value = undefined
    write('')
    onSent()
    field.current?.focus()
  }

  function handleKey(event: KeyboardEvent): void {
    if (mentioning.handleKey(event)) return
    if (event.key === 'Escape') replyTo.value = undefined
    if (event.key === 'ArrowUp' && text.value === '') {
      event.preventDefault()
      onEditLast()
    }
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
      <MentionList {...mentioning} />
      <Notices replyTo={replyTo} isTooLong={isTooLong} />
      <AttachmentList conversationId={conversationId} isHeld={isHeld} />
      <AttachButton conversationId={conversationId} />
      {!isEncrypted && <PollButton />}
      <textarea
        ref={field}
        rows={1}
        value={text.value}
        aria-label={words.messages.writeTo(title)}
        placeholder={isEncrypted ? words.encryption.write : words.messages.write}
        {...mentioning.fieldProps}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={handleKey}
        onPaste={paste}
      />
      <Sending conversationId={conversationId} canSend={canSend} isEmpty={text.value === ''} />
    </form>
  )
}
