import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { words } from '../words/index.ts'
import { IconButton } from './button.tsx'
import { icons } from './icons.tsx'

type Props = { title: string; onClose: () => void; children: ComponentChildren }

/** A window over the page that keeps the keyboard until it is closed. */
export function Dialog({ title, onClose, children }: Props) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    // By itself the browser leads to the button that closes it.
    dialog.current?.querySelector<HTMLElement>('input, textarea')?.focus()
  }, [])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={onClose}>
      <header class="dialog-bar">
        <h2 id={id}>{title}</h2>
        <IconButton label={words.close} icon={icons.close} onClick={() => dialog.current?.close()} />
      </header>
      {children}
    </dialog>
  )
}
