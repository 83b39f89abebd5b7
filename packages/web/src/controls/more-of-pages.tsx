import type { Pages } from '../app/use-pages.ts'
import { explain } from '../words/explain.ts'
import { words } from '../words/index.ts'
import { Button } from './button.tsx'

/** At the end of a list that comes in pages: how to get more of it, or why there is none. */
export function MoreOfPages({ pages }: { pages: Pages }) {
  const { value: state } = pages.state
  if (state.is === 'loading') return <p class="hint">{words.loading}</p>
  if (state.is === 'failed') {
    return (
      <div class="choices">
        <p role="alert">{explain(state.error)}</p>
        <Button onClick={pages.loadMore}>{words.tryAgain}</Button>
      </div>
    )
  }
  return state.hasMore ? <Button onClick={pages.loadMore}>{words.more}</Button> : null
}
