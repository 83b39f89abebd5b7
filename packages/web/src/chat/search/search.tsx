import { useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import type { Message } from '@secureconnect/sdk'
import { useEffect } from 'preact/hooks'
import { Guarded } from '../../app/guarded.tsx'
import { Field } from '../../controls/field.tsx'
import { words } from '../../words/index.ts'
import { Hits } from './hits.tsx'

/** So long somebody types on before anything is asked. */
const pauseMs = 250

type Props = {
  /** Where to look; without it, in all conversations. */
  conversationId?: string
  onGo: (message: Message) => void
}

/** Finds messages by their words, while they are typed. */
export function Search({ conversationId, onGo }: Props) {
  const { search: text } = words
  const typed = useSignal('')
  const query = useSignal('')
  useEffect(() => {
    const timer = setTimeout(() => {
      query.value = typed.value.trim()
    }, pauseMs)
    return () => clearTimeout(timer)
  }, [typed.value])
  return (
    <search class="search">
      <Field
        label={text.field}
        name="query"
        type="search"
        hint={text.hint}
        autocomplete="off"
        isRequired={false}
        isFocused
        maxLength={limits.searchCharacters}
        value={typed.value}
        onInput={(value) => (typed.value = value)}
      />
      {query.value !== '' && (
        <Guarded key={query.value}>
          <Hits query={query.value} onGo={onGo} {...(conversationId !== undefined && { conversationId })} />
        </Guarded>
      )}
    </search>
  )
}
