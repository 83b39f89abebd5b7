import type { Pages } from '../app/use-pages.ts'
import { explain } from '../words/explain.ts'
import { words } from '../words/index.ts'
import { Button } from './button.tsx'

type Props = {
  pages: Pick<Pages, 'state' | 'loadMore'> & { items: { readonly value: readonly unknown[] } }
  /** What is said where there is nothing. */
  none?: string
}

/** At the end of a list that comes in pages: how to get more of it, or why there is none. */
export function MoreOfPages({ pages, none }: Props) {
  const { value: state } = pages.state
  if (state.is === 'loading') return <p class="hint late">{words.loading}</p>
  if (state.is === 'failed') {
    return (
      <div class="choices">
        <p role="alert">{explain(state.error)}</p>
        <Button onClick={pages.loadMore}>{words.tryAgain}</Button>
      </div>
    )
  }
  if (state.hasMore) return <Button onClick={pages.loadMore}>{words.more}</Button>
  return none && pages.items.value.length === 0 ? <p class="hint">{none}</p> : null
}
