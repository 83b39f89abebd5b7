import { useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useId } from 'preact/hooks'
import { findBegun, listMentionable, type Mentionable } from './mentions.ts'

export const optionId = (id: string, at: number) => `${id}-${at}`

type Writing = {
  conversationId: string
  field: RefObject<HTMLTextAreaElement | null>
  write: (text: string) => void
}

export type Mentioning = {
  id: string
  found: readonly Mentionable[]
  chosen: number
  /** Looks whether a name is being written where the caret is. */
  look: (text: string) => void
  take: (one: Mentionable) => void
  /** Tells whoever does not see the list which name is chosen. */
  fieldProps: {
    'aria-autocomplete': 'list'
    'aria-controls': string | undefined
    'aria-activedescendant': string | undefined
  }
  /** Answers whether a key was meant for the list of names. */
  handleKey: (event: KeyboardEvent) => boolean
}

/** Offers names while somebody writes one after an @. */
export function useMentions({ conversationId, field, write }: Writing): Mentioning {
  const id = useId()
  const begun = useSignal<{ start: number; query: string } | undefined>(undefined)
  const chosen = useSignal(0)
  const found = begun.value ? listMentionable(conversationId, begun.value.query) : []

  function look(text: string): void {
    const next = findBegun(text, field.current?.selectionEnd ?? text.length)
    if (next?.query !== begun.value?.query) chosen.value = 0
    if (next?.start !== begun.value?.start || next?.query !== begun.value?.query) begun.value = next
  }

  function take({ username }: Mentionable): void {
    const { current } = field
    const { value: place } = begun
    if (!current || !place) return
    const before = `${current.value.slice(0, place.start)}@${username} `
    const text = before + current.value.slice(place.start + 1 + place.query.length)
    // At once, so that the caret has its place before anything is drawn.
    current.value = text
    current.setSelectionRange(before.length, before.length)
    begun.value = undefined
    write(text)
    current.focus()
  }

  function handleKey(event: KeyboardEvent): boolean {
    const { length } = found
    const one = found[chosen.value]
    if (!one || event.isComposing) return false
    if (event.key === 'ArrowDown') chosen.value = (chosen.value + 1) % length
    else if (event.key === 'ArrowUp') chosen.value = (chosen.value - 1 + length) % length
    else if (event.key === 'Enter' || event.key === 'Tab') take(one)
    else if (event.key === 'Escape') begun.value = undefined
    else return false
    event.preventDefault()
    return true
  }

  const isOpen = found.length > 0
  const fieldProps = {
    'aria-autocomplete': 'list',
    'aria-controls': isOpen ? id : undefined,
    'aria-activedescendant': isOpen ? optionId(id, chosen.value) : undefined,
  } as const
  return { id, found, chosen: chosen.value, look, take, handleKey, fieldProps }
}
