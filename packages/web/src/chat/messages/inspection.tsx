import { useSignal } from '@preact/signals'
import type { Message } from '@secureconnect/sdk'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { tell } from '../../controls/toasts.ts'
import { words } from '../../words/index.ts'
import { type Inspected, useTalk } from '../talk.ts'

type Window = ComponentType<{ message: Message; onClose: () => void }>

/** Loaded when somebody first wants one. */
const windows: Readonly<Record<Inspected['what'], () => Promise<Window>>> = {
  readers: async () => (await import('../receipts/readers-dialog.tsx')).ReadersDialog,
  reactions: async () => (await import('../reactions/reactors-dialog.tsx')).ReactorsDialog,
  versions: async () => (await import('./versions-dialog.tsx')).VersionsDialog,
  forward: async () => (await import('./forward-dialog.tsx')).ForwardDialog,
  report: async () => (await import('./report-dialog.tsx')).ReportDialog,
}

/** The window that belongs to one of the messages, if one is open. */
export function Inspection() {
  const { inspected } = useTalk()
  const { value: now } = inspected
  const loaded = useSignal<{ what: Inspected['what']; Window: Window } | undefined>(undefined)
  useEffect(() => {
    if (!now) return
    const { what } = now
    windows[what]().then(
      (Window) => (loaded.value = { what, Window }),
      () => {
        inspected.value = undefined
        tell(words.errors.noAnswer)
      },
    )
  }, [now?.what])
  if (!now || loaded.value?.what !== now.what) return null
  const { Window } = loaded.value
  return <Window message={now.message} onClose={() => (inspected.value = undefined)} />
}
