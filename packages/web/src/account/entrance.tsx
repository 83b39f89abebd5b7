import type { ComponentChildren } from 'preact'
import { useTitle } from '../app/title.ts'
import { words } from '../words/index.ts'

/** What stands around the forms of whoever is not signed in. */
export function Entrance({ title, children }: { title: string; children: ComponentChildren }) {
  useTitle(title)
  return (
    <main class="entrance">
      <p class="brand">
        <strong>{words.product}</strong> {words.motto}
      </p>
      <section class="card" aria-labelledby="entrance-title">
        <h1 id="entrance-title">{title}</h1>
        {children}
      </section>
    </main>
  )
}
