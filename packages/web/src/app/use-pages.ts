import { type ReadonlySignal, signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'

type Page<T> = { items: readonly T[]; next_cursor: string | null }
/** What a request is told to go on where the page before ended. */
type Cursor = { cursor?: string }
type State = { is: 'loading' } | { is: 'there'; hasMore: boolean } | { is: 'failed'; error: unknown }

export type Pages<T = unknown> = {
  readonly items: ReadonlySignal<readonly T[]>
  readonly state: ReadonlySignal<State>
  loadMore(): void
  /** Takes in how the items are after something was done about one of them. */
  change(toNext: (items: readonly T[]) => readonly T[]): void
  close(): void
}

function createPages<T>(load: (cursor: Cursor, signal: AbortSignal) => Promise<Page<T>>): Pages<T> {
  const items = signal<readonly T[]>([])
  const state = signal<State>({ is: 'there', hasMore: true })
  const leaving = new AbortController()
  let next: Cursor = {}

  async function loadNext(): Promise<void> {
    state.value = { is: 'loading' }
    try {
      const page = await load(next, leaving.signal)
      if (leaving.signal.aborted) return
      items.value = [...items.value, ...page.items]
      next = page.next_cursor === null ? {} : { cursor: page.next_cursor }
      state.value = { is: 'there', hasMore: page.next_cursor !== null }
    } catch (error) {
      if (!leaving.signal.aborted) state.value = { is: 'failed', error }
    }
  }

  return {
    items,
    state,
    loadMore: () => {
      if (state.value.is !== 'loading') void loadNext()
    },
    change: (toNext) => {
      items.value = toNext(items.value)
    },
    close: () => leaving.abort(),
  }
}

/** A list that comes in pages: the first at once, begun anew whenever `what` is another. */
export function usePages<T>(load: Parameters<typeof createPages<T>>[0], what: readonly unknown[]): Pages<T> {
  const pages = useMemo(() => createPages(load), what)
  useEffect(() => {
    pages.loadMore()
    return pages.close
  }, [pages])
  return pages
}
