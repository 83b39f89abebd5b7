import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { viewing } from './viewing.ts'

/** Where files are looked at, loaded for the first of them. */
export function ViewerPlace() {
  const [loaded, setLoaded] = useState<{ Viewer: ComponentType }>()
  const isOpen = viewing.value !== undefined
  useEffect(() => {
    // Without a line there is nothing to look at either; the next one opened tries again.
    if (isOpen && !loaded) import('./viewer.tsx').then(setLoaded).catch(() => undefined)
  }, [isOpen])
  return isOpen && loaded ? <loaded.Viewer /> : null
}
