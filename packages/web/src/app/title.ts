import { effect, signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { unreadTotal } from '../chat/list/conversations.ts'
import { words } from '../words/index.ts'

const subject = signal('')

effect(() => {
  const count = unreadTotal.value > 0 ? `(${unreadTotal.value}) ` : ''
  const name = subject.value === '' ? words.product : `${subject.value} · ${words.product}`
  document.title = count + name
})

/** Says in the title of the document what is shown, for as long as it is. */
export function useTitle(text: string): void {
  useEffect(() => {
    subject.value = text
    return () => {
      subject.value = ''
    }
  }, [text])
}
