import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { explain } from '../words/explain.ts'
import { words } from '../words/index.ts'
import { Button } from './button.tsx'

type Answer<T> = { is: 'awaited' } | { is: 'there'; value: T } | { is: 'refused'; error: unknown }

/** What the service answers to one question; `again` asks anew and shows what is known until then. */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>, about: readonly unknown[] = []) {
  const answer = useSignal<Answer<T>>({ is: 'awaited' })
  const turn = useSignal(0)
  useEffect(() => {
    const leaving = new AbortController()
    ask(leaving.signal).then(
      (value) => {
        if (!leaving.signal.aborted) answer.value = { is: 'there', value }
      },
      (error) => {
        if (!leaving.signal.aborted) answer.value = { is: 'refused', error }
      },
    )
    return () => leaving.abort()
  }, [turn.value, ...about])
  return {
    answer: answer.value,
    again: () => {
      turn.value += 1
    },
    put: (value: T) => {
      answer.value = { is: 'there', value }
    },
  }
}

type Props<T> = { of: { answer: Answer<T>; again: () => void }; children: (value: T) => ComponentChildren }

/** Shows what was answered; before that, that it is awaited, and where it was refused, why, with another try. */
export function Loaded<T>({ of: { answer, again }, children }: Props<T>) {
  if (answer.is === 'there') return <>{children(answer.value)}</>
  if (answer.is === 'awaited') return <p class="hint late">{words.loading}</p>
  return (
    <div class="notice error" role="alert">
      <p>{explain(answer.error)}</p>
      <Button onClick={again}>{words.tryAgain}</Button>
    </div>
  )
}
