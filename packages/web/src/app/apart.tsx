import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { words } from '../words/index.ts'
import { Failure } from './failure.tsx'
import { Shell } from './shell.tsx'

/** A page whose code is loaded the first time that somebody goes there; the frame of all pages stands meanwhile. */
export function apart(load: () => Promise<ComponentType>): ComponentType {
  const loaded = signal<ComponentType | undefined>(undefined)
  const hasFailed = signal(false)

  return function Apart() {
    useEffect(() => {
      if (loaded.value) return
      load().then(
        (page) => {
          loaded.value = page
        },
        // No line, or a new version in the place of this one: what this one consists of is gone.
        () => {
          hasFailed.value = true
        },
      )
    }, [])
    const Page = loaded.value
    if (Page) return <Page />
    if (hasFailed.value) return <Failure text={words.failure.loading} />
    return (
      <Shell side={null}>
        <p class="waiting late">{words.loading}</p>
      </Shell>
    )
  }
}
