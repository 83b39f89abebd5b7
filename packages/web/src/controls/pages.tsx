import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { explain } from '../words/explain.ts'
import { words } from '../words/index.ts'
import { Button } from './button.tsx'

type Page<T> = { items: readonly T[]; next_cursor: string | null }
type Ask<T> = (page: { cursor?: string }, options: { signal: AbortSignal }) => Promise<Page<T>>
type Progress = { is: 'asking' } | { is: 'refused'; error: unknown } | { is: 'there'; next: string | null }

/** A list that comes in pages, begun anew whenever what it is `about` changes. */
export function usePages<T>(ask: Ask<T>, about: readonly unknown[] = []) {
  const items = useSignal<readonly T[]>([])
  const progress = useSignal<Progress>({ is: 'asking' })

  async function load(before: readonly T[], cursor: string | undefined, signal: AbortSignal): Promise<void> {
    progress.value = { is: 'asking' }
    try {
      const page = await ask(cursor === undefined ? {} : { cursor }, { signal })
      if (signal.aborted) return
      items.value = [...before, ...page.items]
      progress.value = { is: 'there', next: page.next_cursor }
    } catch (error) {
      if (!signal.aborted) progress.value = { is: 'refused', error }
    }
  }

  useEffect(() => {
    const leaving = new AbortController()
    void load([], undefined, leaving.signal)
    return () => leaving.abort()
  }, about)

  const more = (cursor?: string) => load(cursor ? items.value : [], cursor, new AbortController().signal)
  return { items, progress, more }
}

type Props = { of: Omit<ReturnType<typeof usePages>, 'items'> & { items: { value: readonly unknown[] } }; none: string }

/** Stands below a list: how to have more of it, why there is no more, or that there is nothing. */
export function More({ of: { items, progress, more }, none }: Props) {
  const { value } = progress
  if (value.is === 'asking') return <p class="hint late">{words.loading}</p>
  if (value.is === 'refused') {
    return (
      <div class="notice error" role="alert">
        <p>{explain(value.error)}</p>
        <Button onClick={() => void more()}>{words.tryAgain}</Button>
      </div>
    )
  }
  const { next } = value
  if (next !== null) return <Button onClick={() => void more(next)}>{words.more}</Button>
  return items.value.length === 0 ? <p class="hint">{none}</p> : null
}
