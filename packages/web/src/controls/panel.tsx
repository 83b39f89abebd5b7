import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

type Props = { title: string; hint?: string; children: ComponentChildren }

/** What belongs together on a page, under a heading. */
export function Panel({ title, hint, children }: Props) {
  const id = useId()
  return (
    <section class="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {hint && <p class="hint">{hint}</p>}
      </header>
      {children}
    </section>
  )
}
